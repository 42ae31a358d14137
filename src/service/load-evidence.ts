import { isInView } from '../core/custody/as-of.ts';
import type { EvidenceParts, Question } from '../core/custody/evidence.ts';
import { countedIn } from '../core/custody/needed-lists.ts';
import type { Entry } from '../core/entry/entry.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX, INTEGER_MAX } from '../core/limits.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { someContractCompares } from './contracts-compare.ts';
import { type Gathered, gather, readEntries, tooLarge } from './gather-lists.ts';
import { formatParts } from './judge-evidence.ts';
import { provePastState } from './past-state.ts';
import { type LedgerStore, type ProvedList, ServiceError, type StoredPayload } from './ports.ts';
import { requireMapped, requireMembers } from './require-mapped.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/** Documents stand in evidence as base64. */
const BASE64_GROWTH = 4 / 3;
/** An inclusion path of twenty hashes in base64, as in a tree of a million entries; a proof of the map is as long. */
const PATH_BYTES = 1_000;
/** How often it is asked anew which lists are needed, where those that grew meanwhile name others. */
const ATTEMPTS_MAX = 8;

/** Payload bytes of one statement; a payload of this size or more is read alone. */
const PAYLOAD_BYTES_AT_ONCE = 16 * 1024 * 1024;

/** Evidence, and where each list that it holds ends: for as long as none of them grows, nothing else would be shown. */
export type LoadedEvidence = {
  readonly bytes: Uint8Array;
  readonly restsOn: readonly ListState[];
  /** The question that it answers. */
  readonly question: Question;
};

/** A list of `n` entries; the newest of them is at `seq`, absent where there is none. */
export type ListState = { readonly key: string; readonly n: number; readonly seq?: number };

/**
 * Evidence about an image in a repository under the newest checkpoint, now or as of a past state, as canonical bytes, for
 * `use`; while that runs,
 * its bytes count as under way. Which lists it holds is decided by `neededKeys`, the same function that the verifier
 * demands them by. An `environment` that the question does not name becomes part of it where a contract compares with what
 * was released there: the image that was is then shown as the subject is.
 * Faults: `evidence/too-many-entries` when a list that it rests on has over 1,000 entries (of an image: of the
 * repository), `evidence/too-large` when entries or documents do not fit, which is known before any document is read,
 * `service/not-found`. Throws `service/overloaded` where too much is under way, also before any document is read.
 */
export async function withEvidence<T>(
  context: ServiceContext,
  asked: Question,
  use: (loaded: LoadedEvidence) => Promise<Result<T>>,
  environment?: string,
): Promise<Result<T>> {
  const gathered = await gatherCompared(context, asked, environment);
  if (!gathered.ok) return gathered;
  const { question } = gathered.value;
  const shown = shownEntries(question, gathered.value);
  const documents = shown.reduce((sum, { payload }) => sum + BASE64_GROWTH * (payload?.size ?? 0), 0);
  if (documents > EVIDENCE_BYTES_MAX) return tooLarge('documents', documents);
  const bytesExpected =
    documents + gathered.value.bytes + (gathered.value.entries.size + gathered.value.lists.size) * PATH_BYTES;
  const leave = context.evidenceRoom.enter(bytesExpected);
  try {
    const parts = await readParts(context, gathered.value, shown);
    const bytes = await formatParts(context, parts, bytesExpected);
    const restsOn = [...gathered.value.lists].map(([key, members]) => listState(key, members));
    return await use({ bytes, restsOn, question });
  } finally {
    leave();
  }
}

async function readParts(
  context: ServiceContext,
  { question, lists, entries, signed, proofs }: ProvedLists,
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
    logKey: signed.logKey,
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
  readonly question: Question;
  readonly signed: SignedHead;
  readonly proofs: ReadonlyMap<string, ProvedList>;
};

/** What is proved of the question, or of that about the environment where a contract in it compares. */
async function gatherCompared(
  context: ServiceContext,
  question: Question,
  environment: string | undefined,
): Promise<Result<ProvedLists>> {
  const gathered = await gatherProved(context, question);
  if (!gathered.ok || environment === undefined || question.environment !== undefined) return gathered;
  const compares = await someContractCompares(context.store, gathered.value);
  return compares ? gatherProved(context, { ...question, environment }) : gathered;
}

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
    const { lists, entries } = gathered.value;
    if ([...lists.keys()].every((key) => proofs.has(key))) {
      for (const [key, members] of lists) {
        requireMapped(key, members, at(proofs, key));
        requireMembers(
          key,
          members.map((seq) => at(entries, seq)),
        );
      }
      return ok({ ...gathered.value, question, signed, proofs });
    }
  }
  const message = 'What the answer rests on changes faster than it can be read.';
  throw new ServiceError({ code: 'service/overloaded', message }, { retryAfterSeconds: 1 });
}

function isWhole(members: readonly number[], proved: ProvedList | undefined): boolean {
  return members.length === (proved?.value?.n ?? 0) && members.at(-1) === proved?.value?.seq;
}

/** Entries whose documents are shown: everything that counts and every change of
 * trust that it rests on; not those of other repositories, nor of the last entry where it only dates the checkpoint. */
function shownEntries(question: Question, gathered: Gathered): readonly Entry[] {
  const { lists } = gathered;
  const entries = [...gathered.entries.values()];
  const isCounted = countedIn(question, entries);
  return entries.filter(
    (entry) =>
      entry.payload !== undefined &&
      isInView(entry, question.asOf) &&
      (entry.repository === undefined ? entry.keys.some(({ key }) => lists.has(key)) : isCounted(entry)),
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
