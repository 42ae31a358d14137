import { EVIDENCE_ENTRIES_MAX, type EvidenceParts, formatEvidence, type Question } from '../core/custody/evidence.ts';
import { imagesInQuestion, neededKeys } from '../core/custody/needed-lists.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { Entry } from '../core/entry/entry.ts';
import { imageKey } from '../core/entry/keys.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX, SUBJECT_ENTRIES_MAX } from '../core/limits.ts';
import type { ServiceContext } from './context.ts';
import { ServiceError } from './ports.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Documents stand in evidence as base64. */
const BASE64_GROWTH = 4 / 3;
/** Rounds of asking which lists follow from the lists so far; each adds signers, principals, contracts or parents. */
const ROUNDS_MAX = 512;

/**
 * Evidence about an image in a repository under the newest checkpoint, as canonical bytes. Which lists it holds is
 * decided by `neededKeys`, the same function that the verifier demands them by.
 * Faults: `evidence/too-many-entries` when a list that it rests on has over 1,000 entries (of an image: of the
 * repository), `evidence/too-large` when its
 * documents do not fit, which is known before any of them is read, `service/not-found`.
 */
export async function loadEvidence(context: ServiceContext, question: Question): Promise<Result<Uint8Array>> {
  const signed = await context.sequencer.checkpoint();
  if (signed === undefined) return fail('service/not-found', 'The log is empty.');
  const size = signed.head.frontier.size;
  const gathered = await gather(context, question, size);
  if (!gathered.ok) return gathered;
  const { lists, entries } = gathered.value;
  const shown = shownEntries(question, gathered.value);
  const bytes = shown.reduce((sum, { payload }) => sum + BASE64_GROWTH * (payload?.size ?? 0), 0);
  if (bytes > EVIDENCE_BYTES_MAX) {
    const message = `The documents in it have ${Math.ceil(bytes / 2 ** 20)} MiB together; evidence holds at most ${EVIDENCE_BYTES_MAX / 2 ** 20}.`;
    return fail('evidence/too-large', message);
  }
  const seqs = [...entries.keys()].sort((a, b) => a - b);
  const paths = await readInclusionPaths(context.store, seqs, size);
  const parts: EvidenceParts = {
    question,
    checkpoint: signed.checkpoint,
    logKey: context.logSigner.vkey,
    entries: seqs.map((seq) => ({ entry: at(entries, seq), path: paths.get(seq) ?? [] })),
    payloads: await readShownPayloads(context, shown),
    lists: [...lists].map(([key, members]) => ({ key, n: members.length })),
  };
  return ok(encodeUtf8(formatEvidence(parts)));
}

type Gathered = {
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly entries: ReadonlyMap<number, Entry>;
};

async function gather(context: ServiceContext, question: Question, size: number): Promise<Result<Gathered>> {
  const lists = new Map<string, readonly number[]>();
  const entries = new Map<number, Entry>();
  await readInto(context, [0, size - 1], entries);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const missing = neededKeys(question, [...entries.values()]).filter((key) => !lists.has(key));
    if (missing.length === 0) return withinBounds(question, { lists, entries });
    for (const [key, seqs] of await context.store.lists(missing, size)) {
      const max = key.startsWith(imageKey('')) ? EVIDENCE_ENTRIES_MAX : SUBJECT_ENTRIES_MAX;
      if (seqs.length > max) return tooMany(key, seqs.length, max);
      lists.set(key, seqs);
    }
    await readInto(
      context,
      missing.flatMap((key) => lists.get(key) ?? []),
      entries,
    );
  }
  return fail('evidence/too-many-entries', 'What the answer rests on goes on and on.');
}

/** The bound of an image is for each repository: what others file about a shared digest takes no custody away. */
function withinBounds(question: Question, gathered: Gathered): Result<Gathered> {
  const { lists, entries } = gathered;
  if (entries.size > EVIDENCE_ENTRIES_MAX) return tooMany('the answer', entries.size, EVIDENCE_ENTRIES_MAX);
  for (const [key, seqs] of lists) {
    const own = seqs.filter((seq) => entries.get(seq)?.repository === question.repository).length;
    if (own > SUBJECT_ENTRIES_MAX) return tooMany(key, own, SUBJECT_ENTRIES_MAX);
  }
  return ok(gathered);
}

function tooMany(key: string, found: number, max: number): Result<never> {
  return fail('evidence/too-many-entries', `${key} has ${found} entries; evidence holds at most ${max} of it.`);
}

async function readInto(context: ServiceContext, seqs: readonly number[], entries: Map<number, Entry>): Promise<void> {
  const unread = [...new Set(seqs)].filter((seq) => !entries.has(seq));
  const read = await context.store.entries(unread);
  if (read.length !== unread.length) {
    throw new ServiceError({ code: 'head/not-ours', message: 'An entry below the head is missing.' });
  }
  for (const { entry } of read) entries.set(entry.seq, entry);
}

/** Entries whose documents are shown: everything that counts and every change of
 * trust that it rests on; not those of other repositories, nor of the last entry where it only dates the checkpoint. */
function shownEntries(question: Question, gathered: Gathered): readonly Entry[] {
  const { lists } = gathered;
  const entries = [...gathered.entries.values()];
  const images = new Set(imagesInQuestion(question, entries).map(imageKey));
  return entries.filter(
    (entry) =>
      entry.payload !== undefined &&
      (entry.repository === undefined || entry.repository === question.repository) &&
      (entry.repository === undefined
        ? entry.keys.some(({ key }) => lists.has(key))
        : entry.keys.some(({ key }) => images.has(key))),
  );
}

async function readShownPayloads(context: ServiceContext, shown: readonly Entry[]): Promise<EvidenceParts['payloads']> {
  const payloads = await context.store.payloads(
    shown.flatMap(({ payload }) => (payload === undefined ? [] : [payload.commitment])),
  );
  return shown.flatMap((entry) => {
    const payload = payloads.get(entry.payload?.commitment ?? '');
    return payload === undefined ? [] : [{ seq: entry.seq, salt: payload.salt, bytes: payload.bytes }];
  });
}

function at(entries: ReadonlyMap<number, Entry>, seq: number): Entry {
  const entry = entries.get(seq);
  invariant(entry !== undefined, 'every gathered entry is kept');
  return entry;
}
