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
  /** Entries about the image that that verdict did not see, releases apart. */
  readonly entriesSince?: number | undefined;
  /** Whether the image was retired everywhere: what was recorded of it before holds no more. */
  readonly retired?: true | undefined;
};

/** The newest verdict on the ledger: the service's of then, said as that and never as what this browser found. */
export function RecordedVerdict({ verdict, entriesSince = 0, retired }: RecordedVerdictProps) {
  if (retired) return <span class="chip fail">retired</span>;
  if (verdict === undefined) return <span class="chip">no verdict recorded</span>;
  if (entriesSince === 0) return <span class={`chip ${TONES[verdict]}`}>{WORDS[verdict]}</span>;
  // A pass that newer evidence may have undone is not shown in the colour of a pass.
  return (
    <span class={`chip ${verdict === 'pass' ? 'warn' : TONES[verdict]}`}>
      {WORDS[verdict]}, {entriesSince.toLocaleString('en')} {entriesSince === 1 ? 'entry' : 'entries'} since
    </span>
  );
}
