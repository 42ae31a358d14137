import { parseContract } from '../../core/contract/contract.ts';
import type { Evidence } from '../../core/custody/evidence.ts';
import { comparisonWords } from '../../core/custody/facts-change-words.ts';
import { notProved } from '../../core/custody/not-proved.ts';
import { peopleBehind } from '../../core/custody/people-behind.ts';
import { signersBehind } from '../../core/custody/signers-behind.ts';
import type { CustodyResult, JudgedCustody } from '../../core/custody/verify-custody.ts';
import { assuranceList } from './assurance-list.ts';
import { assuranceLines } from './assurance-words.ts';
import { attemptList } from './attempt-list.ts';
import { checkList } from './check-list.ts';
import { type ContractShown, contractList } from './contract-list.ts';
import { custodySteps } from './custody-steps.ts';
import { element } from './element.ts';
import { entryList } from './entry-list.ts';
import type { Tone } from './icon.ts';
import { notProvedList } from './not-proved-list.ts';
import { peopleTable } from './people-list.ts';
import { releaseList } from './release-list.ts';
import type { Part } from './report-part.ts';
import { signerTable } from './signer-list.ts';
import { timeline } from './timeline.ts';
import { waiverList } from './waiver-list.ts';

/** Everything that a report tells under its verdict, in order; what there is nothing to tell of is left out. */
export function reportParts(judged: JudgedCustody, evidence: Evidence): readonly Part[] {
  const { result } = judged;
  const steps = custodySteps(result, evidence);
  return [
    {
      id: 'timeline',
      title: 'Timeline of custody',
      text: 'What happened to this image, as the ledger has it, oldest first.',
      body: [timeline(steps)],
      count: steps.length,
    },
    contracts(result, evidence),
    ...waivers(result),
    ...attempts(result),
    ...releases(result),
    ...comparison(result),
    ...peopleAndKeys(judged, evidence),
    {
      id: 'grounds',
      title: 'What this rests on',
      text: 'Each strength that such a claim can have. A “no” is no failure: it says what you still take on trust.',
      body: [assuranceList(assuranceLines(result.assurances))],
    },
    {
      id: 'limits',
      title: 'What is not proved, and why',
      text: 'What this report leaves open, beside every “no” above, and what would close it.',
      body: [notProvedList(notProved(result))],
    },
    {
      id: 'checks',
      title: 'Every check',
      text: 'What was checked in this browser, and what came of it.',
      body: [checkList(result.checks)],
      count: result.checks.length,
      tone: toneOf(result),
    },
    {
      id: 'entries',
      title: 'Entries',
      text: 'Everything that was checked, as it stands in the ledger: exact entries, their hashes, and the documents.',
      body: [entryList(evidence)],
      count: evidence.entries.length,
    },
  ];
}

function toneOf({ checks }: CustodyResult): Tone {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'fail';
  return checks.some(({ outcome }) => outcome !== 'pass') ? 'neutral' : 'pass';
}

function contracts(result: CustodyResult, evidence: Evidence): Part {
  const payloads = new Map(evidence.payloads.map(({ seq, bytes }) => [seq, bytes]));
  const shown = result.contracts.flatMap(({ version, seq }): ContractShown[] => {
    const payload = payloads.get(seq);
    const contract = payload === undefined ? undefined : parseContract(payload);
    return contract?.ok === true ? [{ contract: contract.value, version, seq }] : [];
  });
  const id = 'contracts';
  const title = 'What the contracts ask for';
  if (shown.length === 0) {
    const text = 'No contract covers this repository. Nothing was asked for, and so nothing was passed.';
    return { id, title, text, body: [], count: 0, tone: 'neutral' };
  }
  const open = result.checks.filter(({ code, outcome }) => code.startsWith('contract/') && outcome !== 'pass');
  const failed = open.some(({ outcome }) => outcome === 'fail' || outcome === 'not-run');
  return {
    id,
    title,
    text:
      'Which contracts apply follows from the name of the repository; every one of them must be met. A stage without a ' +
      'rule counts when something of an accepted type was attested for it, whatever that says inside.',
    body: [contractList(shown, result.checks)],
    count: shown.length,
    tone: failed ? 'fail' : open.length > 0 ? 'warn' : 'pass',
  };
}

function waivers({ waivers: asked }: CustodyResult): readonly Part[] {
  if (asked.length === 0) return [];
  const text =
    'A waiver exempts this image from one check of one contract, for a time: one person asks, another approves, and ' +
    'neither built what it exempts. Every one that was ever asked for is here, in force or not.';
  const tone = asked.some(({ exempts }) => exempts) ? 'warn' : 'neutral';
  return [{ id: 'waivers', title: 'Waivers', text, body: [waiverList(asked)], count: asked.length, tone }];
}

function attempts({ attempts: made }: CustodyResult): readonly Part[] {
  if (made.length === 0) return [];
  const text =
    'Every run of the commits that this image comes from, also those that failed or were never closed. A run that nobody ' +
    'opened leaves no trace.';
  const tone = made.every(({ outcome }) => outcome === 'succeeded') ? 'pass' : 'neutral';
  return [{ id: 'attempts', title: 'Attempts', text, body: [attemptList(made)], count: made.length, tone }];
}

function releases({ releases: released, retirements }: CustodyResult): readonly Part[] {
  const count = released.length + retirements.length;
  if (count === 0) return [];
  const text =
    'Where the image was released. What was there before follows from the links of the ledger; what changed since is what ' +
    'was recorded of both images by then. The verdict that a release rests on is an entry of the ledger, too: waybill ' +
    'replay judges it again.';
  const tone = retirements.length > 0 ? 'warn' : 'pass';
  return [{ id: 'releases', title: 'Releases', text, body: [releaseList(released, retirements)], count, tone }];
}

function comparison({ comparison: compared }: CustodyResult): readonly Part[] {
  if (compared === undefined) return [];
  const text =
    'The image beside what was released to the environment before it, which it takes the place of. What is compared is ' +
    'what is stated of both, as far as it is known now.';
  const [since = '', ...lines] = comparisonWords(compared);
  const list = lines.length > 0 && element('ul', { class: 'stages' }, ...lines.map((line) => element('li', {}, line)));
  const body = element('article', { class: 'contract card' }, element('p', {}, since), list);
  return [{ id: 'changes', title: `What changes in ${compared.environment}`, text, body: [body] }];
}

function peopleAndKeys(judged: JudgedCustody, evidence: Evidence): readonly Part[] {
  const people = peopleBehind(judged, evidence);
  const signers = signersBehind(judged);
  if (people.length + signers.length === 0) return [];
  const failed = signers.some(({ state }) => state === 'revoked' || state === 'not established');
  return [
    {
      id: 'people',
      title: 'People and keys',
      text:
        'Everybody who did something about this image, and every key that signed it, as the ledger knows them now. A ' +
        'person is a pseudonym that an administrator gave to whoever stands behind one or several principals.',
      body: [peopleTable(people), signerTable(signers)],
      count: people.length + signers.length,
      ...(failed ? { tone: 'fail' as const } : {}),
    },
  ];
}
