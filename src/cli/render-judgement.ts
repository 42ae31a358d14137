import type { Waiver } from '../core/custody/check-waivers.ts';
import { comparisonWords } from '../core/custody/facts-change-words.ts';
import { changeWords } from '../core/custody/release-words.ts';
import { type CheckGroup, type ExplainedCheck, headlineOf, reportModel } from '../core/custody/report-model.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { waiverWords } from '../core/custody/waiver-words.ts';
import type { Predecessor } from '../core/entry/kinds/log-opened.ts';
import type { Fault } from '../core/fault.ts';
import type { Judgement, TrustSource } from './judge-evidence.ts';
import type { Contradiction } from './judge-receipt.ts';
import { fields, plain, short, wrapped } from './layout-text.ts';
import { attemptLines } from './render-attempts.ts';
import type { World } from './world.ts';

const MARKS = { pass: 'pass   ', fail: 'FAIL   ', waived: 'waived ', 'not-run': 'not run' } as const;
/** Colours of a terminal, by outcome and by tone of the headline. */
const COLOURS = { pass: 32, fail: 31, waived: 33, 'not-run': 33, green: 32, red: 31, amber: 33, grey: 36 } as const;
/** Whose word it is that the log is the one meant. */
export const TRUST_WORDS: Readonly<Record<TrustSource, string>> = {
  given: 'yes, by the log key that you gave',
  remembered: 'by the log key that this machine remembers; give it with --log-key to be sure',
  'first-use': 'no: this log was met for the first time; compare its key, and give it with --log-key',
  none: 'no: give the log key with --log-key; without it anybody could have made this',
};
const COLUMNS_MAX = 110;
const INDENT = ' '.repeat(11);

/** What speaks against a file, whatever its evidence proves by itself. */
export type Objections = {
  /** What it holds beside its evidence that no report does: the file itself may show anything. */
  readonly warnings: readonly Fault[];
  /** What receipts of the reader's contradict. */
  readonly contradictions: readonly Contradiction[];
};

/**
 * The judgement as people read it: what follows, whose log it is, then every check in words. What speaks against the
 * file comes first.
 */
export function renderJudgement(world: World, judgement: Judgement, objections: Objections): string {
  const { result, trustSource } = judgement;
  const columns = Math.min(world.outColumns ?? COLUMNS_MAX, COLUMNS_MAX);
  const paint: Paint = (text, as) => (world.colour ? `\u001b[${COLOURS[as]}m${text}\u001b[0m` : text);
  const model = reportModel(result);
  const pinned = trustSource === 'given' || trustSource === 'remembered';
  const headline = headlineOf({ ...result, assurances: { ...result.assurances, pinned } });
  const { warnings, contradictions } = objections;
  const isDoubted = warnings.length + contradictions.length > 0;
  return [
    ...(contradictions.length > 0 ? contradictedLines(contradictions, paint, columns) : []),
    ...(warnings.length > 0 ? alteredLines(warnings, paint) : []),
    // What the evidence proves must not look like the outcome where the file is not to be relied on.
    isDoubted ? `Its evidence alone, judged here: ${headline.title}` : paint(headline.title, headline.tone),
    wrapped(headline.text, columns, ''),
    '',
    fields([
      ['verdict', verdictLine(result.verdict, contradictions.length > 0)],
      ['image', plain(result.subject)],
      ['repository', plain(result.repository)],
      ['log', logOf(result)],
      ['as of', pastOf(result)],
      ['follows', judgement.predecessor === undefined ? undefined : predecessorOf(judgement.predecessor)],
      ['confirmed', TRUST_WORDS[trustSource]],
      [
        'contracts',
        result.contracts.map(({ contract, version }) => `${plain(contract)} ${version}`).join(', ') || 'none',
      ],
      ['assurances', model.assurances.map(assuranceWords).join(', ')],
      ['evaluated', `${result.evaluatedAt} by ${plain(result.evaluator)}`],
      ['valid until', result.validUntil],
    ]),
    ...attemptLines(result.attempts),
    '',
    ...releaseLines(result, columns),
    ...comparisonLines(result, columns),
    ...waiverLines(result.waivers, paint, columns),
    ...model.groups.flatMap((group) => groupLines(group, paint, columns)),
    '',
    wrapped(model.scope, columns, ''),
  ].join('\n');
}

/** What was released where, what changed since what was there before, and what ended. */
function releaseLines({ releases, retirements }: CustodyResult, columns: number): readonly string[] {
  if (releases.length + retirements.length === 0) return [];
  const line = (text: string) => `  ${wrapped(plain(text), columns - 2, '      ')}`;
  return [
    'Releases',
    ...releases.flatMap(({ environment, time, principal, seq, previous, changes }) => [
      line(`${environment}: released on ${time} by ${principal}, entry ${seq}`),
      ...(previous === undefined
        ? [line('  the first release there')]
        : [
            line(`  in place of ${previous.digest}, entry ${previous.seq}`),
            ...(changes === undefined ? [] : changeWords(changes).map((words) => line(`  ${words}`))),
          ]),
    ]),
    ...retirements.map(({ environment, time, principal, seq }) =>
      line(
        `RETIRED ${environment === undefined ? 'everywhere' : `in ${environment}`} on ${time} by ${principal}, entry ${seq}`,
      ),
    ),
    '',
  ];
}

/** What is stated of the image and of what was released to the environment before, and how it differs. */
function comparisonLines({ comparison }: CustodyResult, columns: number): readonly string[] {
  if (comparison === undefined) return [];
  const line = (text: string) => `  ${wrapped(plain(text), columns - 2, '      ')}`;
  return ['Beside the image before', ...comparisonWords(comparison).map(line), ''];
}

/** Every waiver that was asked for, in the words of the model; what was done by break-glass stays in sight for ever. */
function waiverLines(waivers: readonly Waiver[], paint: Paint, columns: number): readonly string[] {
  if (waivers.length === 0) return [];
  const lines = waivers.map((waiver) => {
    const { tone, text } = waiverWords(waiver);
    return `  ${paint(`${plain(waiver.waiver)}`, tone)}  ${wrapped(plain(text), columns - 2, '      ')}`;
  });
  return ['Waivers', ...lines, ''];
}

function assuranceWords({ name, holds }: { readonly name: string; readonly holds: boolean }): string {
  if (name === 'complete') return holds ? 'complete yes' : 'complete as claimed by the log';
  return `${name} ${holds ? 'yes' : 'no'}`;
}

type Paint = (text: string, as: keyof typeof COLOURS) => string;

/** A receipt that speaks against the file outweighs whatever its evidence proves by itself. */
function verdictLine(verdict: string, contradicted: boolean): string {
  return contradicted && verdict !== 'fail' ? `fail; by itself ${plain(verdict)}` : plain(verdict);
}

function contradictedLines(contradictions: readonly Contradiction[], paint: Paint, columns: number): readonly string[] {
  return contradictions.flatMap(({ receipt, code, message }) => {
    const forked = code === 'checkpoint/forked';
    const ofLog = forked || code === 'map/omission-proved';
    const title = forked
      ? 'Do not rely on this log: it has two histories.'
      : `Do not rely on this${ofLog ? ' log' : ''}: something is left out.`;
    const proof = ofLog ? `${receipt} and what is shown here prove it; keep both.` : `${receipt} proves it.`;
    return [paint(title, 'red'), wrapped(`${plain(message)} ${plain(proof)} (${code})`, columns, ''), ''];
  });
}

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

function pastOf({ asOf, checkpoint }: CustodyResult): string | undefined {
  if (asOf === undefined) return undefined;
  const state = `${asOf.size} entries${asOf.time === undefined ? ', not proved' : `, the newest of ${asOf.time}`}`;
  if (asOf.view === 'then') return `${state}; judged by what was known then`;
  return `${state}; judged by what is known now${checkpoint?.time === undefined ? '' : `, ${checkpoint.time}`}`;
}

/** Information only: what happened to the log before, in its successor's own words. */
function predecessorOf({ origin, anchored, recovered }: Predecessor): string {
  const seen = anchored === undefined ? 'of unknown size' : `${anchored.size} entries`;
  const whole = anchored !== undefined && anchored.size === recovered?.size && anchored.root === recovered.root;
  if (whole) return `${plain(origin)}, ${seen}, all of them kept`;
  return `${plain(origin)}, ${seen}; ${recovered === undefined ? 'nothing' : `${recovered.size} entries`} of it were left`;
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
