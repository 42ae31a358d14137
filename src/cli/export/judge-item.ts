import { openCheckpoint } from '../../core/checkpoint/checkpoint.ts';
import type { NoteKey } from '../../core/checkpoint/signed-note.ts';
import { defaultEvaluationTime } from '../../core/custody/as-of.ts';
import type { Check } from '../../core/custody/check.ts';
import type { Evidence } from '../../core/custody/evidence.ts';
import type { TrustFile } from '../../core/custody/trust-file.ts';
import { equalBytes } from '../../core/encoding/bytes.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { entryHash, formatEntry } from '../../core/entry/entry.ts';
import type { SampleItem, SampleState } from '../../core/export/draw-sample.ts';
import { type Fault, fail, ok, type Result } from '../../core/fault.ts';
import { readReport } from '../../report/read-report.ts';
import { EXIT } from '../exit-codes.ts';
import { judgeCompleteness, readCompleteness } from '../judge-completeness.ts';
import { isOfIntegrity, judgeEvidence, readEvidence, type TrustSource } from '../judge-evidence.ts';
import { stopOf } from '../stop.ts';
import type { World } from '../world.ts';

/** What an item of a sample is judged by. */
export type ItemTrust = {
  readonly keys: readonly NoteKey[];
  readonly trust: { readonly file?: TrustFile; readonly source: TrustSource };
};

/** What the file of an item shows: the verdict of an image then, or that a list is whole. */
export type JudgedItem = {
  readonly table: string;
  readonly seq: number;
  readonly shows: 'pass' | 'waived' | 'fail' | 'unjudged' | 'whole';
  /** Why not to believe what a report shows of itself. */
  readonly warnings: readonly Fault[];
};

/**
 * Judges the file of an item as if it had come alone: that it is about what was drawn, as known at the end of the period, and
 * that it holds. Stops with exit code 12 where it does not.
 */
export function judgeItem(world: World, item: SampleItem, bytes: Uint8Array, by: ItemTrust): JudgedItem {
  const about = { table: item.table, seq: item.seq };
  if (item.question.form === 'list') {
    demand(item, judgeList(item, bytes, by));
    return { ...about, shows: 'whole', warnings: [] };
  }
  const report = readReport(bytes, world.knownPrograms);
  if (!report.ok) throw stopOf(EXIT.integrity, report.fault, nameOf(item));
  const evidence = readEvidence(report.value.evidence, nameOf(item));
  demand(item, checkQuestion(item, evidence, by));
  const { question } = evidence;
  const at = defaultEvaluationTime(evidence, world.now().toISOString());
  const { result } = judgeEvidence(evidence, question, by.trust, at, question.environment);
  // What is shown has to hold together; that the image was retired, or that a signature on it does not count, is what was found.
  const broken = result.checks.filter((check) => check.outcome === 'fail' && isOfIntegrity(check));
  if (broken.length > 0) demand(item, brokenCheck(broken));
  return { ...about, shows: result.verdict, warnings: report.value.warnings };
}

function judgeList(item: SampleItem, bytes: Uint8Array, by: ItemTrust): Result<void> {
  const proof = readCompleteness(bytes, nameOf(item));
  const { question } = item;
  if (question.form !== 'list' || proof.key !== question.key)
    return fail('export/sample-differs', `It is of the list ${proof.key}.`);
  if (!proof.entries.some(({ entry, hash }) => entry.seq === item.seq && formatHex(hash) === item.entry))
    return fail('export/sample-differs', 'The list does not show the entry that was drawn.');
  // Of the time of its own state: how old is too old was asked of the export as a whole.
  const at = proof.commit.entry.time;
  const { result } = judgeCompleteness(proof, by.trust, at);
  if (!result.holds) return brokenCheck(result.checks);
  if ((result.checkpoint?.size ?? 0) >= item.state.size) return ok(undefined);
  return fail('export/sample-differs', 'The list is shown as it was before the state that the item is judged by.');
}

/** The evidence answers what is asked of the item, of the very state, of the very history. */
function checkQuestion(item: SampleItem, evidence: Evidence, { keys }: ItemTrust): Result<void> {
  const { question, state } = item;
  const { subject, repository, environment, asOf } = evidence.question;
  const same =
    question.form === 'custody' &&
    subject === question.digest &&
    repository === question.repository &&
    environment === question.environment &&
    asOf?.size === state.size &&
    asOf.view === 'then';
  if (!same) return fail('export/sample-differs', 'The report answers another question than that of the item.');
  if (!isSameState(evidence, state, keys))
    return fail('export/sample-differs', 'The report is of another history than the export.');
  const listed = item.table !== 'verdicts';
  const shown = evidence.entries.find(({ entry }) => entry.seq === item.seq);
  if (!listed || shown !== undefined) return ok(undefined);
  return fail('export/sample-differs', 'The report does not show the entry that was drawn.');
}

/** Whether the past state of the evidence, which its own checks prove, is that state: by its last entry, or by its root. */
function isSameState(evidence: Evidence, state: SampleState, keys: readonly NoteKey[]): boolean {
  if ('last' in state) {
    const last = evidence.entries.find(({ entry }) => entry.seq === state.size - 1)?.entry;
    return last !== undefined && formatHex(entryHash(formatEntry(last))) === state.last;
  }
  const opened = openCheckpoint(evidence.earlier ?? '', keys);
  return opened.ok && equalBytes(opened.value.checkpoint.root, state.root);
}

function brokenCheck(checks: readonly Check[]): Result<never> {
  const broken = checks.find(({ outcome }) => outcome === 'fail');
  return fail(
    broken?.reason ?? 'export/sample-differs',
    `A check does not hold: ${broken?.code ?? 'not all were run'}.`,
  );
}

function demand(item: SampleItem, result: Result<void>): void {
  if (!result.ok) throw stopOf(EXIT.integrity, result.fault, nameOf(item));
}

function nameOf({ table, seq }: SampleItem): string {
  return `The item of ${table} at entry ${seq} does not hold`;
}
