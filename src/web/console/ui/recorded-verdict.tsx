import type { Verdict } from '../api/answers.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'recorded: pass',
  waived: 'recorded: waived',
  fail: 'recorded: fail',
  unjudged: 'recorded: unjudged',
};
const TONES = { pass: 'pass', waived: 'warn', fail: 'fail', unjudged: 'neutral' } as const;

type RecordedVerdictProps = {
  readonly verdict: Verdict | undefined;
  /** Whether the image was retired everywhere: what was recorded of it before holds no more. */
  readonly retired?: true | undefined;
};

/** The newest verdict on the ledger: the service's of then, said as that and never as what this browser found. */
export function RecordedVerdict({ verdict, retired }: RecordedVerdictProps) {
  if (retired) return <span class="chip fail">retired</span>;
  if (verdict === undefined) return <span class="chip">no verdict recorded</span>;
  return <span class={`chip ${TONES[verdict]}`}>{WORDS[verdict]}</span>;
}
