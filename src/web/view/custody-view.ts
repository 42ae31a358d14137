import { parseContract } from '../../core/contract/contract.ts';
import { defaultEvaluationTime } from '../../core/custody/as-of.ts';
import { asOfWords } from '../../core/custody/as-of-words.ts';
import { type Evidence, parseEvidence } from '../../core/custody/evidence.ts';
import { comparisonWords } from '../../core/custody/facts-change-words.ts';
import { reportModel } from '../../core/custody/report-model.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../../core/custody/verify-custody.ts';
import { assuranceList } from './assurance-list.ts';
import { assuranceLines } from './assurance-words.ts';
import { attemptList } from './attempt-list.ts';
import { banner } from './banner.ts';
import { checkList } from './check-list.ts';
import { type ContractShown, contractList } from './contract-list.ts';
import { custodySteps } from './custody-steps.ts';
import { type Child, element } from './element.ts';
import { entryList } from './entry-list.ts';
import { doubted } from './held-receipts.ts';
import { keyPanel } from './key-panel.ts';
import { releaseList } from './release-list.ts';
import { timeline } from './timeline.ts';
import { unreadableBanner, verdictBanner } from './verdict-words.ts';
import { waiverList } from './waiver-list.ts';

type CustodyView = {
  readonly evidence: Uint8Array;
  /** A receipt of the reader's speaks against the evidence. */
  readonly contradicted: boolean;
  readonly trust: TrustFile | undefined;
  /** Where the trust came from, in words. */
  readonly source: string | undefined;
  readonly onTrust: (trust: TrustFile | undefined) => void;
};

/** What is shown, and how long checking it took. */
export type Shown = { readonly parts: readonly HTMLElement[]; readonly verdict: string; readonly milliseconds: number };

/** Checks the evidence here and now, and shows the result. Nothing is shown that was not computed from the evidence. */
export function custodyView({ evidence: bytes, contradicted, trust, source, onTrust }: CustodyView): Shown {
  const started = performance.now();
  const parsed = parseEvidence(bytes);
  if (!parsed.ok) {
    const words = unreadableBanner(parsed.fault);
    return { parts: [banner(words)], verdict: words.title, milliseconds: performance.now() - started };
  }
  const evidence = parsed.value;
  const evaluatedAt = defaultEvaluationTime(evidence, new Date().toISOString());
  const asked = { evidence, question: evidence.question, evaluatedAt };
  const result = verifyCustody(trust === undefined ? asked : { ...asked, trust });
  const milliseconds = performance.now() - started;
  const found = verdictBanner(result, trust !== undefined);
  const words = contradicted ? doubted(found) : found;
  const parts = [
    banner(words),
    keyPanel({ trust, source, onTrust }),
    facts(result),
    part(
      'Timeline of custody',
      'What happened to this image, as the ledger has it, oldest first.',
      timeline(custodySteps(result, evidence)),
    ),
    contracts(result, evidence),
    ...attempts(result),
    ...waivers(result),
    ...releases(result),
    ...comparison(result),
    part('Every check', 'What was checked in this browser, and what came of it.', checkList(result.checks)),
    groundsAndLimits(result),
    part('Entries', 'Everything that was checked, as it stands in the ledger.', entryList(evidence)),
    footer(result, bytes.length, milliseconds),
  ];
  return { parts, verdict: words.title, milliseconds };
}

function part(title: string, text: string, ...body: readonly Child[]): HTMLElement {
  return element(
    'section',
    { class: 'part' },
    element('h2', {}, title),
    element('p', {}, text),
    element('div', { class: 'body' }, ...body),
  );
}

function attempts(result: CustodyResult): readonly HTMLElement[] {
  if (result.attempts.length === 0) return [];
  const text =
    'Every run of the commits that this image comes from, also those that failed or were never closed. A run that nobody ' +
    'opened leaves no trace.';
  return [part('Attempts', text, attemptList(result.attempts))];
}

function facts(result: CustodyResult): HTMLElement {
  const { subject, repository, origin, checkpoint, asOf, validUntil, evaluatedAt } = result;
  const fact = (name: string, value: Child, className = '') =>
    element(
      'div',
      { class: className },
      element('dt', {}, name),
      element('dd', { class: className === 'wide lead' ? 'lead' : '' }, value),
    );
  const newest = checkpoint === undefined ? 'not established' : stateInWords(checkpoint);
  const past = asOfWords(result);
  const clock = asOf?.view === 'then' ? 'as at that time' : 'by this browser’s clock';
  return element(
    'dl',
    { class: 'facts' },
    fact('Repository', repository, 'wide lead'),
    fact('Image', element('span', { class: 'mono' }, subject), 'wide'),
    fact('Log', element('span', { class: 'mono' }, origin ?? 'not established')),
    past !== undefined && fact('Question', past.title, 'wide'),
    fact('As of', asOf === undefined ? newest : stateInWords(asOf)),
    asOf !== undefined && fact('Shown under', newest),
    fact('Checked', `${inWords(evaluatedAt)}, ${clock}`),
    validUntil !== undefined && fact('Holds until', inWords(validUntil)),
  );
}

function stateInWords({ size, time }: { readonly size: number; readonly time?: string }): string {
  return `${plural(size, 'entry', 'entries')}${time === undefined ? '' : `, the last on ${inWords(time)}`}`;
}

function contracts(result: CustodyResult, evidence: Evidence): HTMLElement {
  const payloads = new Map(evidence.payloads.map(({ seq, bytes }) => [seq, bytes]));
  const shown = result.contracts.flatMap(({ version, seq }): ContractShown[] => {
    const payload = payloads.get(seq);
    const contract = payload === undefined ? undefined : parseContract(payload);
    return contract?.ok === true ? [{ contract: contract.value, version, seq }] : [];
  });
  return part(
    'What the contract asks for',
    shown.length === 0
      ? 'No contract covers this repository. Nothing was asked for, and so nothing was passed.'
      : 'Which contracts apply follows from the name of the repository; every one of them must be met. A stage counts ' +
          'when something of an accepted type was attested for it; what a test or scan result says inside is not ' +
          'judged in this version.',
    contractList(shown, result.checks),
  );
}

function waivers(result: CustodyResult): readonly HTMLElement[] {
  if (result.waivers.length === 0) return [];
  const text =
    'A waiver exempts this image from one check of one contract, for a time: one person asks, another approves, and ' +
    'neither built what it exempts. Every one that was ever asked for is here, in force or not.';
  return [part('Waivers', text, waiverList(result.waivers))];
}

function releases({ releases: released, retirements }: CustodyResult): readonly HTMLElement[] {
  if (released.length + retirements.length === 0) return [];
  const text =
    'Where the image was released. What was there before follows from the links of the ledger; what changed since is what ' +
    'was recorded of both images by then.';
  return [part('Releases', text, releaseList(released, retirements))];
}

function comparison({ comparison: compared }: CustodyResult): readonly HTMLElement[] {
  if (compared === undefined) return [];
  const text =
    'The image beside what was released to the environment before it, which it takes the place of. What is compared is ' +
    'what is stated of both, as far as it is known now.';
  const [since = '', ...lines] = comparisonWords(compared);
  const list = lines.length > 0 && element('ul', { class: 'stages' }, ...lines.map((line) => element('li', {}, line)));
  const body = element('article', { class: 'contract card' }, element('p', {}, since), list);
  return [part(`What changes in ${compared.environment}`, text, body)];
}

function groundsAndLimits(result: CustodyResult): HTMLElement {
  const elsewhere = result.elsewhere.length;
  return element(
    'section',
    { class: 'part columns' },
    element(
      'div',
      {},
      element('h2', {}, 'What this rests on'),
      element('div', { class: 'body' }, assuranceList(assuranceLines(result.assurances))),
    ),
    element(
      'div',
      {},
      element('h2', {}, 'What it covers, and what it cannot show'),
      element(
        'div',
        { class: 'body limits' },
        element('p', {}, `${reportModel(result).scope} A signature shows who said something, and not that it is true.`),
        elsewhere > 0 &&
          element(
            'p',
            {},
            `${plural(elsewhere, 'entry', 'entries')} about the same digest in other repositories ${elsewhere === 1 ? 'exists and does' : 'exist and do'} not count.`,
          ),
        element(
          'p',
          {},
          'A report checks itself with a program that came with it. That is a convenience: whoever forges a report can ' +
            'give it a program that always agrees. If you have any doubt about where this file is from, check it with a ' +
            'program that you got elsewhere, which reads the evidence in it and nothing more:',
        ),
        element('code', { class: 'command' }, 'waybill verify FILE --log-key KEY'),
        element('p', {}, 'or drop it into the verifier.html of a release, whose SHA-256 stands in the release notes.'),
      ),
    ),
  );
}

function footer(result: CustodyResult, bytes: number, milliseconds: number): HTMLElement {
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      `${plural(result.checks.length, 'check', 'checks')} of ${plural(Math.ceil(bytes / 1024), 'kilobyte', 'kilobytes')} of evidence took ${Math.ceil(milliseconds)} ms in this browser. Nothing was sent anywhere.`,
    ),
    element('p', {}, `Rules: ${result.evaluator}.`),
  );
}

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** RFC 3339 in UTC as `23 November 2026, 14:32:07 UTC`. */
function inWords(time: string): string {
  const day = new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${time.slice(11, 19)} UTC`;
}
