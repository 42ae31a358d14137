import type { NoteKey } from '../core/checkpoint/signed-note.ts';
import { type Completeness, isCompleteness, parseCompleteness } from '../core/completeness/completeness.ts';
import { completenessHeadline } from '../core/completeness/completeness-words.ts';
import { type CompletenessResult, verifyCompleteness } from '../core/completeness/verify-completeness.ts';
import { explainCheck } from '../core/custody/explain-check.ts';
import type { TrustFile } from '../core/custody/trust-file.ts';
import type { Json } from '../core/encoding/json.ts';
import { EVIDENCE_FILE_BYTES_MAX } from './evidence-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { TrustSource } from './judge-evidence.ts';
import type { Contradiction } from './judge-receipt.ts';
import { columns, fields, plain, wrapped } from './layout-text.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { TRUST_WORDS } from './render-judgement.ts';
import { stopOf } from './stop.ts';
import type { World } from './world.ts';

const COLUMNS_MAX = 110;
const COLOURS = { green: 32, red: 31, amber: 33, grey: 36 } as const;

/** The completeness proof in a file; undefined where the file is something else. */
export function readCompletenessFile(path: string): Completeness | undefined {
  if (kindOfPath(path) !== 'file') return undefined;
  const bytes = readLocalFile(path, EVIDENCE_FILE_BYTES_MAX);
  return isCompleteness(bytes) ? readCompleteness(bytes, path) : undefined;
}

/** A completeness proof from its bytes; an editor's newline at the end is not part of it. What does not read is exit 12. */
export function readCompleteness(bytes: Uint8Array, about: string): Completeness {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  const proof = parseCompleteness(bytes.subarray(0, end));
  if (proof.ok) return proof.value;
  throw stopOf(EXIT.integrity, proof.fault, `${about} is no completeness proof that can be checked`);
}

/** What a completeness proof shows on this machine, whose log it is, and what the program says by its exit code. */
export type JudgedCompleteness = {
  readonly result: CompletenessResult;
  readonly trustSource: TrustSource;
  readonly exit: ExitCode;
};

/** Runs every check. A key that the reader did not bring pins nothing, even where this machine has met it before. */
export function judgeCompleteness(
  proof: Completeness,
  trust: { readonly file?: TrustFile; readonly source: TrustSource },
  evaluatedAt: string,
): JudgedCompleteness {
  const verified = verifyCompleteness(proof, trust.file, evaluatedAt);
  const pinned = verified.assurances.pinned && trust.source === 'given';
  const result = { ...verified, assurances: { ...verified.assurances, pinned } };
  const confirmed = trust.source === 'given' || trust.source === 'remembered';
  return { result, trustSource: trust.source, exit: result.holds && confirmed ? EXIT.ok : EXIT.integrity };
}

/** The same for programs; what a receipt contradicts does not hold. */
export function completenessJson(judged: JudgedCompleteness, contradictions: readonly Contradiction[]): Json {
  const { result, trustSource } = judged;
  const shown = {
    ...result,
    holds: result.holds && contradictions.length === 0,
    checks: result.checks.map((check) => ({ ...check, ...explainCheck(check) })),
    confirmed: trustSource === 'given',
    trustSource,
    contradictions,
  };
  return JSON.parse(JSON.stringify(shown)) as Json;
}

/** The same for people: what follows, whose log it is, the entries, and each check that did not pass. */
export function renderCompleteness(
  world: World,
  { result, trustSource }: JudgedCompleteness,
  proof: Completeness,
  contradictions: readonly Contradiction[],
): string {
  const width = Math.min(world.outColumns ?? COLUMNS_MAX, COLUMNS_MAX);
  const pinned = trustSource === 'given' || trustSource === 'remembered';
  const headline = completenessHeadline({ ...result, assurances: { ...result.assurances, pinned } });
  const paint = (text: string, tone: keyof typeof COLOURS) =>
    world.colour ? `\u001b[${COLOURS[tone]}m${text}\u001b[0m` : text;
  const { origin, checkpoint, assurances } = result;
  return [
    ...contradictions.flatMap(({ receipt, code, message }) => [
      paint('Do not rely on this: something is left out, or the log has two histories.', 'red'),
      wrapped(`${plain(message)} ${plain(receipt)} proves it; keep both. (${code})`, width, ''),
      '',
    ]),
    contradictions.length > 0 ? `By itself it says: ${headline.title}` : paint(headline.title, headline.tone),
    wrapped(plain(headline.text), width, ''),
    '',
    fields([
      ['list', plain(result.key)],
      ['entries', String(result.n)],
      [
        'log',
        origin === undefined
          ? 'unknown: the checkpoint does not hold'
          : `${plain(origin)}, ${checkpoint?.size} entries`,
      ],
      ['as of', checkpoint?.time],
      ['confirmed', TRUST_WORDS[trustSource]],
      ['replayed', assurances.replayed ? 'yes, by a monitor of your trust file' : 'no: complete as claimed by the log'],
    ]),
    ...entryLines(proof),
    ...result.checks
      .filter(({ outcome }) => outcome !== 'pass')
      .flatMap((check) => [
        '',
        wrapped(`${check.outcome}: ${explainCheck(check).text} (${check.code} ${check.reason ?? ''})`, width, '  '),
      ]),
  ].join('\n');
}

function entryLines({ entries }: Completeness): readonly string[] {
  if (entries.length === 0) return [];
  const rows = entries.map(({ entry: { seq, time, kind, repository = '', stage = '' } }) =>
    [`  ${String(seq).padStart(String(entries.at(-1)?.entry.seq).length)}`, time, kind, repository, stage].map(plain),
  );
  return ['', columns(rows)];
}

/** Keys of the reader's that receipts are held against. */
export function keysOf(file: TrustFile | undefined): readonly NoteKey[] {
  return file?.logKeys.map(({ key }) => key) ?? [];
}
