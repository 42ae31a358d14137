import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { formatHex } from '../encoding/hex.ts';
import { payloadCommitment } from '../entry/commitment.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';
import { type AsOf, cutList, isInView } from './as-of.ts';
import type { CheckList } from './check.ts';
import { checkLogKeys } from './check-log-keys.ts';
import type { Evidence, EvidenceEntry } from './evidence.ts';
import { kindFault } from './kind-fault.ts';
import { imagesInQuestion, neededEnds, neededKeys, neededSeqs } from './needed-lists.ts';
import { checkAge, checkCheckpoint, checkOrigin, checkPins } from './prove-checkpoint.ts';
import { checkCommit } from './prove-commit.ts';
import { checkEarlier } from './prove-earlier.ts';
import { checkLists } from './prove-lists.ts';
import type { TrustFile } from './trust-file.ts';

/** An entry that is proved to be in the log, with its payload where that was shown and matches the commitment. */
export type ProvedEntry = { readonly entry: Entry; readonly hash: string; readonly payload?: Uint8Array };

/** What evidence proved: nothing in here is claimed only. */
export type Material = {
  readonly checkpoint?: Checkpoint;
  /** Time of the last entry under the checkpoint, where it was shown. */
  readonly time?: string;
  /** The past state that the question is about, where it is proved. */
  readonly past?: PastState;
  /** Time of the newest state that anything counts of: as known then, that of the past one. */
  readonly knownAt?: string;
  /** The instant by which everything that depends on time is judged, but for the age of a checkpoint. */
  readonly judgedAt: string;
  readonly entries: ReadonlyMap<number, ProvedEntry>;
  /**
   * Complete lists, in order; a key whose list does not hold together is not among them. For a question about the past
   * they end where it ends, so that no check needs to know of it.
   */
  readonly lists: ReadonlyMap<string, readonly ProvedEntry[]>;
  /** The image in question and the indexes of the repository that say they contain it. */
  readonly images: readonly string[];
  readonly pinned: boolean;
  /** A monitor of the reader's signed that it replayed the log up to here. */
  readonly replayed: boolean;
};

/** A state that the log published, and when: the time of its last entry. */
export type PastState = { readonly size: number; readonly root: Uint8Array; readonly time: string };

/** Checks log, checkpoint, entries, lists and payloads, and gives what of them was proved. */
export function proveMaterial(
  evidence: Evidence,
  trust: TrustFile | undefined,
  evaluatedAt: string,
  checks: CheckList,
): Material {
  const { asOf } = evidence.question;
  const signed = checkCheckpoint(evidence, trust, checks);
  const checkpoint = signed?.checkpoint;
  const past = checkEarlier(evidence, checkpoint, trust, checks);
  const earlier = past?.checkpoint;
  checkPins(checkpoint, earlier, trust, checks);
  const included = checkEntries(evidence, checkpoint, checks);
  const entries = checkPayloads(evidence, included, checks);
  checkOrder(entries, checks);
  const time = checkpoint === undefined ? undefined : entries.get(checkpoint.size - 1)?.entry.time;
  const state = asOf === undefined ? undefined : checkPast(earlier, entries, checks);
  const knownAt = asOf?.view === 'then' ? state?.time : time;
  checkAge(knownAt, trust, evaluatedAt, checks);
  const plain = [...entries.values()].map(({ entry }) => entry);
  const needed = neededKeys(evidence.question, plain);
  const under = { size: checkpoint?.size, mapRoot: checkCommit(checkpoint, entries, checks) };
  const alone = new Set(neededSeqs(evidence.question, plain));
  const ends = neededEnds(evidence.question, plain);
  const lists = checkLists(evidence, { keys: needed, alone, ends }, entries, under, checks);
  const states = [signed, past].filter((one) => one !== undefined);
  const held = { first: entries.get(0), shown: entries, list: lists.get(TRUST_KEY), control: trust?.control };
  const named = checkLogKeys(held, states, checks);
  checkOrigin(entries.get(0), { logKey: evidence.logKey, named }, checkpoint, trust, checks);
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(time === undefined ? {} : { time }),
    ...(state === undefined ? {} : { past: state }),
    ...(knownAt === undefined ? {} : { knownAt }),
    judgedAt: asOf?.view === 'now' ? (state?.time ?? evaluatedAt) : evaluatedAt,
    entries,
    lists: new Map([...lists].map(([key, list]) => [key, cutList(key, list, asOf)])),
    images: imagesInQuestion(evidence.question, plain),
    pinned: trust !== undefined,
    replayed: signed?.replayed ?? false,
  };
}

/** The state in question, which the log published: it ends with a commitment, whose time is its time. */
function checkPast(
  earlier: Checkpoint | undefined,
  entries: ReadonlyMap<number, ProvedEntry>,
  checks: CheckList,
): PastState | undefined {
  if (checkCommit(earlier, entries, checks, 'asof/commit') === undefined || earlier === undefined) return undefined;
  const last = entries.get(earlier.size - 1)?.entry;
  return last === undefined ? undefined : { size: earlier.size, root: earlier.root, time: last.time };
}

/** The entries that stand where they say, each proved by its path. What a question does not count may be of any kind. */
export function checkEntries(
  evidence: Pick<Evidence, 'entries'> & { readonly question?: { readonly asOf?: AsOf } },
  checkpoint: Checkpoint | undefined,
  checks: CheckList,
): ReadonlyMap<number, EvidenceEntry> {
  const included = new Map<number, EvidenceEntry>();
  for (const shown of evidence.entries) {
    const { entry, hash, path } = shown;
    const { seq, kind } = entry;
    const fault = kindFault(kind);
    if (fault !== undefined && isInView(entry, evidence.question?.asOf))
      checks.fail('entry/kind', fault, { seq, detail: kind });
    if (checkpoint === undefined) {
      checks.notRun('entry/inclusion', 'custody/blocked', { seq });
      continue;
    }
    const { size, root, origin } = checkpoint;
    const result = verifyInclusion({ index: seq, size, leafHash: hash, path, root });
    if (!result.ok) checks.fail('entry/inclusion', result.fault.code, { seq });
    else if (entry.log !== origin) checks.fail('entry/inclusion', 'entry/wrong-log', { seq });
    else {
      checks.pass('entry/inclusion', { seq });
      included.set(seq, shown);
    }
  }
  return included;
}

function checkPayloads(
  evidence: Evidence,
  included: ReadonlyMap<number, EvidenceEntry>,
  checks: CheckList,
): ReadonlyMap<number, ProvedEntry> {
  const shown = new Map(evidence.payloads.map((payload) => [payload.seq, payload]));
  for (const seq of shown.keys()) {
    const entry = included.get(seq)?.entry;
    if (entry?.payload === undefined || !isInView(entry, evidence.question.asOf))
      checks.fail('payload/commitment', 'payload/not-needed', { seq });
  }
  return new Map(
    [...included.values()].map(({ entry, hash }) => {
      const proved = { entry, hash: formatHex(hash) };
      const payload = shown.get(entry.seq);
      const good = payload !== undefined && checkPayload(entry, payload, checks);
      return [entry.seq, good ? { ...proved, payload: payload.bytes } : proved];
    }),
  );
}

function checkPayload(entry: Entry, { salt, bytes }: Evidence['payloads'][number], checks: CheckList): boolean {
  const about = { seq: entry.seq };
  // The lack of a reference is a finding of its own already.
  if (entry.payload === undefined) return false;
  if (bytes.length !== entry.payload.size) return checks.fail('payload/commitment', 'payload/size-wrong', about);
  if (payloadCommitment(salt, bytes) !== entry.payload.commitment)
    return checks.fail('payload/commitment', 'payload/commitment-wrong', about);
  return checks.pass('payload/commitment', about);
}

/** Time, the link to the entry before where that is shown, and every list's link to an entry that is shown. */
export function checkOrder(entries: ReadonlyMap<number, ProvedEntry>, checks: CheckList): void {
  let before: ProvedEntry | undefined;
  let sealedAt: number | undefined;
  for (const proved of entries.values()) {
    const { entry } = proved;
    const about = { seq: entry.seq };
    const neighbour = before?.entry.seq === entry.seq - 1 ? before : undefined;
    if (before !== undefined && before.entry.time > entry.time)
      checks.fail('entry/order', 'entry/time-backwards', about);
    else if (neighbour !== undefined && neighbour.hash !== entry.prev)
      checks.fail('entry/order', 'entry/link-broken', about);
    else if (entry.kind === 'log.opened' && entry.seq !== 0) checks.fail('entry/order', 'entry/not-first', about);
    else if (sealedAt !== undefined && !endsSeal(entry, sealedAt))
      checks.fail('entry/order', 'entry/after-seal', about);
    else if (!entry.keys.every((link) => followsShown(link, entries)))
      checks.fail('entry/order', 'list/link-broken', about);
    else checks.pass('entry/order', about);
    before = proved;
    if (entry.kind === 'log.sealed') sealedAt ??= entry.seq;
  }
}

/** What seals a log ends with its commitment, like every batch; nothing else follows. */
function endsSeal(entry: Entry, sealedAt: number): boolean {
  return entry.kind === 'map.committed' && entry.seq === sealedAt + 1;
}

/** Also in lists that nothing rests on no link may contradict what is shown. */
function followsShown(link: Entry['keys'][number], entries: ReadonlyMap<number, ProvedEntry>): boolean {
  const before = link.prevSeq === undefined ? undefined : entries.get(link.prevSeq);
  if (before === undefined) return true;
  const held = before.entry.keys.find(({ key }) => key === link.key);
  return before.hash === link.prev && held?.n === link.n - 1;
}
