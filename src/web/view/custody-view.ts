import { defaultEvaluationTime } from '../../core/custody/as-of.ts';
import { parseEvidence } from '../../core/custody/evidence.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import { type CustodyResult, judgeCustody } from '../../core/custody/verify-custody.ts';
import { banner } from './banner.ts';
import { contents } from './contents.ts';
import { counted } from './count-words.ts';
import { element } from './element.ts';
import { doubted } from './held-receipts.ts';
import { keyPanel } from './key-panel.ts';
import { nameSheets } from './paper-margins.ts';
import { reportFacts } from './report-facts.ts';
import { partSection } from './report-part.ts';
import { reportParts } from './report-parts.ts';
import { unreadableBanner, verdictBanner } from './verdict-words.ts';

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
  const judged = judgeCustody(trust === undefined ? asked : { ...asked, trust });
  const { result } = judged;
  const milliseconds = performance.now() - started;
  const found = verdictBanner(result, trust !== undefined);
  const words = contradicted ? doubted(found) : found;
  const told = reportParts(judged, evidence);
  nameSheets(result, words.title);
  const parts = [
    banner(words),
    keyPanel({ trust, source, onTrust }),
    reportFacts(result),
    contents(told),
    ...told.map((part, index) => partSection(part, index + 1)),
    footer(result, bytes.length, milliseconds),
  ];
  return { parts, verdict: words.title, milliseconds };
}

function footer(result: CustodyResult, bytes: number, milliseconds: number): HTMLElement {
  const { checks, evaluator } = result;
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      'A report checks itself with a program that came with it. That is a convenience: whoever forges a report can give it ' +
        'a program that always agrees. If you have any doubt about where this file is from, check it with a program that ' +
        'you got elsewhere, which reads the evidence in it and nothing more:',
    ),
    element('code', { class: 'command' }, 'waybill verify FILE --log-key KEY'),
    element('p', {}, 'or drop it into the verifier.html of a release, whose SHA-256 stands in the release notes.'),
    element(
      'p',
      {},
      `${counted(checks.length, 'check', 'checks')} of ${counted(Math.ceil(bytes / 1024), 'kilobyte', 'kilobytes')} of evidence took `,
      element('span', { class: 'took' }, `${Math.ceil(milliseconds)} ms`),
      ` in this browser. Nothing was sent anywhere. Rules: ${evaluator}.`,
    ),
  );
}
