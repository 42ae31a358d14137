import { isInView } from '../core/custody/as-of.ts';
import { EVIDENCE_ENTRIES_MAX, type EvidenceParts, type Question } from '../core/custody/evidence.ts';
import { neededKeys, neededSeqs, subjectKeysInQuestion } from '../core/custody/needed-lists.ts';
import type { Entry } from '../core/entry/entry.ts';
import { imageKey } from '../core/entry/keys.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX, INTEGER_MAX, SUBJECT_ENTRIES_MAX } from '../core/limits.ts';
import type { ServiceContext } from './context.ts';
import { formatParts } from './judge-evidence.ts';
import { provePastState } from './past-state.ts';
import { type LedgerStore, type ProvedList, ServiceError, type StoredEntry, type StoredPayload } from './ports.ts';
import { requireMapped } from './require-mapped.ts';
import type { SignedHead } from './sequencer.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Documents stand in evidence as base64. */
const BASE64_GROWTH = 4 / 3;
/** An inclusion path of twenty hashes in base64, as in a tree of a million entries; a proof of the map is as long. */
const PATH_BYTES = 1_000;
/** Rounds of asking which lists follow from the lists so far; each adds signers, principals, contracts or parents. */
const ROUNDS_MAX = 512;

/** How often it is asked anew which lists are needed, where those that grew meanwhile name others. */
const ATTEMPTS_MAX = 8;

/** Entries of one list that are read at once; longer lists are read piece by piece, and refused before they fill memory. */
const LIST_ENTRIES_AT_ONCE_MAX = 1_000;

/** Payload bytes of one statement; a payload of this size or more is read alone. */
const PAYLOAD_BYTES_AT_ONCE = 16 * 1024 * 1024;

/** Evidence, and where each list that it holds ends: for as long as none of them grows, nothing else would be shown. */
export type LoadedEvidence = { readonly bytes: Uint8Array; readonly restsOn: readonly ListState[] };

/** A list of `n` entries; the newest of them is at `seq`, absent where there is none. */
export type ListState = { readonly key: string; readonly n: number; readonly seq?: number };

/**
 * Evidence about an image in a repository under the newest checkpoint, now or as of a past state, as canonical bytes, for
 * `use`; while that runs,
 * its bytes count as under way. Which lists it holds is decided by `neededKeys`, the same function that the verifier
 * demands them by.
 * Faults: `evidence/too-many-entries` when a list that it rests on has over 1,000 entries (of an image: of the
 * repository), `evidence/too-large` when entries or documents do not fit, which is known before any document is read,
 * `service/not-found`. Throws `service/overloaded` where too much is under way, also before any document is read.
 */
export async function withEvidence<T>(
  context: ServiceContext,
  question: Question,
  use: (loaded: LoadedEvidence) => Promise<Result<T>>,
): Promise<Result<T>> {
  const gathered = await gatherProved(context, question);
  if (!gathered.ok) return gathered;
  const shown = shownEntries(question, gathered.value);
  const documents = shown.reduce((sum, { payload }) => sum + BASE64_GROWTH * (payload?.size ?? 0), 0);
  if (documents > EVIDENCE_BYTES_MAX) return tooLarge('documents', documents);
  const bytesExpected =
    documents + gathered.value.bytes + (gathered.value.entries.size + gathered.value.lists.size) * PATH_BYTES;
  const leave = context.evidenceRoom.enter(bytesExpected);
  try {
    const parts = await readParts(context, question, gathered.value, shown);
    const bytes = await formatParts(context, parts, bytesExpected);
    const restsOn = [...gathered.value.lists].map(([key, members]) => listState(key, members));
    return await use({ bytes, restsOn });
  } finally {
    leave();
  }
}

async function readParts(
  context: ServiceContext,
  question: Question,
  { lists, entries, signed, proofs }: ProvedLists,
  shown: readonly Entry[],
): Promise<EvidenceParts> {
  const { size } = signed.head.frontier;
  const last = [...new Set([(question.asOf?.size ?? size) - 1, size - 1])];
  const seqs = [...new Set([...entries.keys(), ...last])].sort((a, b) => a - b);
  const [paths, payloads, ends, past] = await Promise.all([
    readInclusionPaths(context.store, seqs, size),
    readShownPayloads(context.store, shown),
    readEntries(context.store, last),
    provePastState(context, question, signed),
  ]);
  const every = new Map([...entries, ...ends.map(({ entry }) => [entry.seq, entry] as const)]);
  return {
    question,
    checkpoint: signed.checkpoint,
    ...past,
    logKey: context.logSigner.vkey,
    entries: seqs.map((seq) => ({ entry: at(every, seq), path: paths.get(seq) ?? [] })),
    payloads,
    lists: [...lists].map(([key, members]) => ({ key, n: members.length, proof: at(proofs, key).proof })),
  };
}

function listState(key: string, members: readonly number[]): ListState {
  const seq = members.at(-1);
  return { key, n: members.length, ...(seq === undefined ? {} : { seq }) };
}

/** Lists that stand so in the map of one head, with their entries: whatever is shown of them is of that head. */
type ProvedLists = Gathered & {
  readonly signed: SignedHead;
  readonly proofs: ReadonlyMap<string, ProvedList>;
};

/**
 * Which lists are needed is asked of the newest ones; what is shown is of the head that proves them. Where one of them grew
 * in between, all are read again below that head, where nothing changes any more: others may write as fast as they like.
 * Only where what they wrote names further lists is there another head to ask. Throws `database/projection-differs`
 * where a list is not what the map of the head says of it.
 */
async function gatherProved({ store, sequencer }: ServiceContext, question: Question): Promise<Result<ProvedLists>> {
  let gathered = await gather(store, question, INTEGER_MAX);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (!gathered.ok) return gathered;
    const keys = [...gathered.value.lists.keys()];
    const read = await sequencer.signRead(() => store.mapProofs(keys));
    if (read === undefined) return fail('service/not-found', 'The log is empty.');
    const { signed, lists: proofs } = read;
    const stands = [...gathered.value.lists].every(([key, members]) => isWhole(members, proofs.get(key)));
    if (!stands) gathered = await gather(store, question, signed.head.frontier.size);
    if (!gathered.ok) return gathered;
    const { lists } = gathered.value;
    if ([...lists.keys()].every((key) => proofs.has(key))) {
      for (const [key, members] of lists) requireMapped(key, members, at(proofs, key));
      return ok({ ...gathered.value, signed, proofs });
    }
  }
  const message = 'What the answer rests on changes faster than it can be read.';
  throw new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 1 });
}

function isWhole(members: readonly number[], proved: ProvedList | undefined): boolean {
  return members.length === (proved?.value?.n ?? 0) && members.at(-1) === proved?.value?.seq;
}

/** What was gathered, with the bytes of its entries: they stand in evidence as they are. */
type Gathered = {
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly entries: ReadonlyMap<number, Entry>;
  readonly bytes: number;
};

type Gathering = {
  readonly lists: Map<string, readonly number[]>;
  readonly entries: Map<number, Entry>;
  bytes: number;
};

/**
 * What the lists below `size` hold. Each round reads those that are known to be needed, together with their entries; what these name is the next
 * round's. The first round is known from the question, and most questions end with the second.
 */
async function gather(store: LedgerStore, question: Question, size: number): Promise<Result<Gathered>> {
  const gathering: Gathering = { lists: new Map(), entries: new Map(), bytes: 0 };
  const { lists, entries } = gathering;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const gathered = [...entries.values()];
    const missing = neededKeys(question, gathered).filter((key) => !lists.has(key));
    const alone = neededSeqs(question, gathered).filter((seq) => !entries.has(seq));
    if (missing.length === 0 && alone.length === 0) return withinBounds(question, gathering);
    const [read, ends] = await Promise.all([
      store.listEntries(missing, size, LIST_ENTRIES_AT_ONCE_MAX),
      readEntries(store, round === 0 ? [0] : alone),
    ]);
    const added = add(gathering, ends);
    if (!added.ok) return added;
    for (const [key, listed] of read) {
      const took = await takeList(store, gathering, { key, listed, size });
      if (!took.ok) return took;
    }
  }
  return fail('evidence/too-many-entries', 'What the answer rests on goes on and on.');
}

async function takeList(
  store: LedgerStore,
  gathering: Gathering,
  { key, listed, size }: { readonly key: string; readonly listed: readonly StoredEntry[]; readonly size: number },
): Promise<Result<unknown>> {
  const max = key.startsWith(imageKey('')) ? EVIDENCE_ENTRIES_MAX : SUBJECT_ENTRIES_MAX;
  const whole = listed.length <= LIST_ENTRIES_AT_ONCE_MAX;
  const seqs = whole ? listed.map(({ entry }) => entry.seq) : ((await store.lists([key], size)).get(key) ?? []);
  if (seqs.length > max) return tooMany(key, seqs.length, max);
  gathering.lists.set(key, seqs);
  if (whole) return add(gathering, listed);
  for (let from = 0; from < seqs.length; from += LIST_ENTRIES_AT_ONCE_MAX) {
    const added = add(gathering, await readEntries(store, seqs.slice(from, from + LIST_ENTRIES_AT_ONCE_MAX)));
    if (!added.ok) return added;
  }
  return ok(undefined);
}

function add(gathering: Gathering, stored: readonly StoredEntry[]): Result<unknown> {
  for (const { entry, bytes } of stored) {
    if (gathering.entries.has(entry.seq)) continue;
    gathering.entries.set(entry.seq, entry);
    gathering.bytes += bytes.length;
  }
  return gathering.bytes > EVIDENCE_BYTES_MAX ? tooLarge('entries', gathering.bytes) : ok(undefined);
}

function tooLarge(what: string, bytes: number): Result<never> {
  const message = `The ${what} in it have ${Math.ceil(bytes / 2 ** 20)} MiB together; evidence holds at most ${EVIDENCE_BYTES_MAX / 2 ** 20}.`;
  return fail('evidence/too-large', message);
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

async function readEntries(store: LedgerStore, seqs: readonly number[]): Promise<readonly StoredEntry[]> {
  const read = await store.entries(seqs);
  if (read.length === seqs.length) return read;
  throw new ServiceError({ code: 'head/not-ours', message: 'An entry below the head is missing.' });
}

/** Entries whose documents are shown: everything that counts and every change of
 * trust that it rests on; not those of other repositories, nor of the last entry where it only dates the checkpoint. */
function shownEntries(question: Question, gathered: Gathered): readonly Entry[] {
  const { lists } = gathered;
  const entries = [...gathered.entries.values()];
  const subjects = subjectKeysInQuestion(question, entries);
  return entries.filter(
    (entry) =>
      entry.payload !== undefined &&
      isInView(entry, question.asOf) &&
      (entry.repository === undefined || entry.repository === question.repository) &&
      (entry.repository === undefined
        ? entry.keys.some(({ key }) => lists.has(key))
        : entry.keys.some(({ key }) => subjects.has(key))),
  );
}

async function readShownPayloads(store: LedgerStore, shown: readonly Entry[]): Promise<EvidenceParts['payloads']> {
  const payloads = new Map<string, StoredPayload>();
  for (const commitments of readTogether(shown)) {
    for (const [commitment, payload] of await store.payloads(commitments)) payloads.set(commitment, payload);
  }
  return shown.flatMap((entry) => {
    const payload = payloads.get(entry.payload?.commitment ?? '');
    return payload === undefined ? [] : [{ seq: entry.seq, salt: payload.salt, bytes: payload.bytes }];
  });
}

/** Commitments in groups that one statement reads within its time, and that others need not wait long for. */
function readTogether(shown: readonly Entry[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let room = 0;
  for (const { payload } of shown) {
    if (payload === undefined) continue;
    if (payload.size > room || groups.length === 0) {
      groups.push([]);
      room = PAYLOAD_BYTES_AT_ONCE;
    }
    groups.at(-1)?.push(payload.commitment);
    room -= payload.size;
  }
  return groups;
}

function at<Key, Value>(kept: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = kept.get(key);
  invariant(value !== undefined, 'whatever is gathered is kept, with its proof');
  return value;
}
