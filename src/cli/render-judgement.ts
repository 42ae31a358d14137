import { type CheckGroup, type ExplainedCheck, headlineOf, reportModel } from '../core/custody/report-model.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import type { Fault } from '../core/fault.ts';
import type { Judgement, TrustSource } from './judge-evidence.ts';
import { fields, plain, short, wrapped } from './layout-text.ts';
import type { World } from './world.ts';

const MARKS = { pass: 'pass   ', fail: 'FAIL   ', waived: 'waived ', 'not-run': 'not run' } as const;
/** Colours of a terminal, by outcome and by tone of the headline. */
const COLOURS = { pass: 32, fail: 31, waived: 33, 'not-run': 33, green: 32, red: 31, amber: 33, grey: 36 } as const;
const TRUST_WORDS: Readonly<Record<TrustSource, string>> = {
  given: 'yes, by the log key that you gave',
  remembered: 'by the log key that this machine remembers; give it with --log-key to be sure',
  'first-use': 'no: this log was met for the first time; compare its key, and give it with --log-key',
  none: 'no: give the log key with --log-key; without it anybody could have made this',
};
const COLUMNS_MAX = 110;
const INDENT = ' '.repeat(11);

/**
 * The judgement as people read it: what follows, whose log it is, then every check in words. `warnings` are what speaks
 * against the file that the evidence came in; they come first, since the file itself may show anything.
 */
export function renderJudgement(world: World, judgement: Judgement, warnings: readonly Fault[]): string {
  const { result, trustSource } = judgement;
  const columns = Math.min(world.outColumns ?? COLUMNS_MAX, COLUMNS_MAX);
  const paint: Paint = (text, as) => (world.colour ? `\u001b[${COLOURS[as]}m${text}\u001b[0m` : text);
  const model = reportModel(result);
  const pinned = trustSource === 'given' || trustSource === 'remembered';
  const headline = headlineOf({ ...result, assurances: { ...result.assurances, pinned } });
  const isAltered = warnings.length > 0;
  return [
    ...(isAltered ? alteredLines(warnings, paint) : []),
    // What the evidence proves must not look like the outcome of a page that may show anything.
    isAltered ? `Its evidence alone, judged here: ${headline.title}` : paint(headline.title, headline.tone),
    wrapped(headline.text, columns, ''),
    '',
    fields([
      ['verdict', plain(result.verdict)],
      ['image', plain(result.subject)],
      ['repository', plain(result.repository)],
      ['log', logOf(result)],
      ['confirmed', TRUST_WORDS[trustSource]],
      [
        'contracts',
        result.contracts.map(({ contract, version }) => `${plain(contract)} ${version}`).join(', ') || 'none',
      ],
      ['assurances', model.assurances.map(({ name, holds }) => `${name} ${holds ? 'yes' : 'no'}`).join(', ')],
      ['evaluated', `${result.evaluatedAt} by ${plain(result.evaluator)}`],
      ['valid until', result.validUntil],
    ]),
    '',
    ...model.groups.flatMap((group) => groupLines(group, paint, columns)),
    '',
    wrapped(model.scope, columns, ''),
  ].join('\n');
}

type Paint = (text: string, as: keyof typeof COLOURS) => string;

function alteredLines(warnings: readonly Fault[], paint: Paint): readonly string[] {
  return [
    paint('Do not rely on this file: it is not a page that a known release of Waybill writes.', 'red'),
    ...warnings.map(({ message, code, at }) =>
      paint(`warning: ${plain(message)} (${code}${at === undefined ? '' : `, ${plain(at)}`})`, 'fail'),
    ),
    '',
  ];
}

function logOf({ origin, checkpoint }: CustodyResult): string {
  if (origin === undefined || checkpoint === undefined) return 'unknown: the checkpoint does not hold';
  const newest = checkpoint.time === undefined ? '' : `, the newest of ${checkpoint.time}`;
  return `${plain(origin)}, ${checkpoint.size} entries${newest}`;
}

/** A line for the group; below it what passed, named only, and each check that did not, in words. */
function groupLines(group: CheckGroup, paint: Paint, columns: number): readonly string[] {
  const passed = group.checks.filter(({ outcome }) => outcome === 'pass');
  const others = group.checks.filter(({ outcome }) => outcome !== 'pass');
  const head = `  ${paint(MARKS[group.outcome], group.outcome)}  ${group.title} (${group.code})`;
  const names = placesOf(passed);
  return [
    head,
    ...(names === '' ? [] : [INDENT + wrapped(names, columns - INDENT.length, INDENT)]),
    ...others.flatMap((check) => otherLines(check, group, paint, columns)),
  ];
}

function otherLines(check: ExplainedCheck, group: CheckGroup, paint: Paint, columns: number): readonly string[] {
  const about = placesOf([check]);
  const reason = check.reason === undefined ? '' : ` [${plain(check.reason)}]`;
  const detail = check.detail === undefined ? '' : ` (${plain(check.detail)})`;
  const mark = check.outcome === group.outcome ? '' : `${paint(MARKS[check.outcome].trim(), check.outcome)} `;
  const text = `${about === '' ? '' : `${about}: `}${plain(check.text)}${detail}${reason}`;
  return [
    INDENT + mark + wrapped(text, columns - INDENT.length, INDENT),
    ...(check.advice === undefined ? [] : [`${INDENT}→ ${wrapped(plain(check.advice), columns - 13, `${INDENT}  `)}`]),
  ];
}

/** What checks are about, as short as it can be named: runs of entries, lists, and stages of contracts. */
function placesOf(checks: readonly ExplainedCheck[]): string {
  const seqs = checks.flatMap(({ seq, key, stage, contract }) =>
    seq === undefined || key !== undefined || stage !== undefined || contract !== undefined ? [] : [seq],
  );
  const named = checks.flatMap(({ seq, key, stage, contract }) => {
    if (key !== undefined) return [plain(key.split(':').map(short).join(':'))];
    if (contract === undefined)
      return stage === undefined ? [] : [`stage ${plain(stage)}${seq === undefined ? '' : ` (entry ${seq})`}`];
    return [`${plain(contract)}${stage === undefined ? '' : ` / ${plain(stage)}`}`];
  });
  const entries = seqs.length === 0 ? [] : [`${seqs.length === 1 ? 'entry' : 'entries'} ${ranges(seqs)}`];
  return [...entries, ...new Set(named)].join(', ');
}

/** Numbers in order, each once, runs as `3-7`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const each of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === each - 1) last[1] = each;
    else runs.push([each, each]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
