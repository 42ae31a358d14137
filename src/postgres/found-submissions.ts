import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { payloadCommitment } from '../core/entry/commitment.ts';
import { type Entry, parseEntry } from '../core/entry/entry.ts';
import type { Appended, Submission } from '../service/ports.ts';
import type { RunStatement, Statement } from './ledger-transaction.ts';
import { parseSeq } from './pool.ts';

const FIND_SUBMISSIONS: Statement = {
  name: 'find-submissions',
  text: `SELECT submission.identity, submission.seq, entry.leaf FROM submission LEFT JOIN entry USING (seq)
    WHERE identity = ANY ($1::bytea[])`,
};

const READ_SALTS: Statement = {
  name: 'read-salts',
  text: 'SELECT commitment, salt FROM payload WHERE commitment = ANY ($1::bytea[])',
};

type FoundRow = { readonly identity: Uint8Array; readonly seq: string; readonly leaf: Uint8Array | null };

/** The lines of the projection for these submissions: to be judged by {@link judgeFound} when the head is known. */
export function findSubmissions(run: RunStatement, submissions: readonly Submission[]): Promise<readonly FoundRow[]> {
  const names = submissions.flatMap(({ identity, request }) =>
    request === undefined ? [identity] : [identity, request],
  );
  return run<FoundRow>(FIND_SUBMISSIONS, [names.map((name) => Buffer.from(name))]);
}

/**
 * What the submissions became that were there before, by the hex of their identity. The projection only says where to
 * look: an entry that the submission cannot have become is never given out as its receipt
 * (`database/projection-differs`), since a lost attestation would be told "ok".
 */
export async function judgeFound(
  run: RunStatement,
  rows: readonly FoundRow[],
  submissions: readonly Submission[],
  size: number,
): Promise<ReadonlyMap<string, Appended>> {
  if (rows.length === 0) return new Map();
  const entries = new Map<string, { readonly seq: number; readonly entry: Entry | undefined }>();
  for (const row of rows) {
    const read = row.leaf === null ? undefined : parseEntry(row.leaf);
    const seq = parseSeq(row.seq);
    const entry = read?.ok === true && read.value.seq === seq && seq < size ? read.value : undefined;
    entries.set(formatHex(row.identity), { seq, entry });
  }
  const commitments = [...entries.values()].flatMap(({ entry }) => entry?.payload?.commitment ?? []);
  const salts = await readSalts(run, commitments);
  const found = new Map<string, Appended>();
  for (const submission of submissions) {
    const identity = formatHex(submission.identity);
    const place = entries.get(identity);
    if (place === undefined || found.has(identity)) continue;
    const { seq, entry } = place;
    const salt = salts.get(entry?.payload?.commitment ?? '');
    if (isOtherRequest(submission, seq, entries)) found.set(identity, keyReused());
    else if (entry === undefined || !became(submission, entry, salt)) found.set(identity, differs(seq));
    else found.set(identity, { outcome: 'found', seq });
  }
  return found;
}

function isOtherRequest(
  { request }: Submission,
  seq: number,
  found: ReadonlyMap<string, { readonly seq: number }>,
): boolean {
  return request !== undefined && found.get(formatHex(request))?.seq !== seq;
}

/** What becomes of a submission whose key its caller used for something else before. */
export function keyReused(): Appended {
  const message = 'This Idempotency-Key was used before, for something else.';
  return { outcome: 'declined', fault: { code: 'http/idempotency-key-reused', message, at: 'header/idempotency-key' } };
}

async function readSalts(run: RunStatement, commitments: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  if (commitments.length === 0) return new Map();
  const wanted = commitments.map((hex) => Buffer.from(hex, 'hex'));
  const rows = await run<{ commitment: Uint8Array; salt: Uint8Array }>(READ_SALTS, [wanted]);
  return new Map(rows.map(({ commitment, salt }) => [formatHex(commitment), salt]));
}

function differs(seq: number): Appended {
  const message = `A submission is said to be entry ${seq}, and that is another one's.`;
  return { outcome: 'refused', fault: { code: 'database/projection-differs', message } };
}

/** Whether the entry is one that the submission can have become. `salt` is absent where the payload is. */
function became({ proposal, payload, repeats }: Submission, entry: Entry, salt: Uint8Array | undefined): boolean {
  if (proposal.kind !== entry.kind) return false;
  if (proposal.repository !== entry.repository || proposal.stage !== entry.stage) return false;
  const body = () => formatCanonicalJson(proposal.body) === formatCanonicalJson(entry.body);
  const compared = repeats ?? ['body', 'run'];
  if (compared.includes('run') && proposal.run !== entry.run) return false;
  if (compared.includes('body') && !body()) return false;
  // An erased payload leaves nothing to compare.
  if (!compared.includes('payload') || payload === undefined || salt === undefined) return true;
  return payloadCommitment(salt, payload.bytes) === entry.payload?.commitment;
}
