import { equalBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { type FaultCode, invariant, ok, type Result } from '../fault.ts';
import { bucketOf } from '../map/bucket-tree.ts';
import { LedgerMap } from '../map/ledger-map.ts';
import { mapKey } from '../map/map-key.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from '../merkle/frontier.ts';
import { followTrust, type LogKeys, openedLogKeys, verifyRotation } from '../trust/log-keys.ts';
import { type Entry, entryHash, parseEntry } from './entry.ts';
import type { LogOpened } from './kinds/log-opened.ts';
import type { MapCommitted } from './kinds/map-committed.ts';
import type { ListHead } from './link.ts';

/** One thing that is not as it must be: at which entry or size, under which code, and in words. */
export type ReplayFinding = { readonly code: FaultCode; readonly seq: number; readonly message: string };

/** How a log stands to its seal, which is the last entry but for its commitment. */
export const SEALED = ['no', 'by the last entry', 'and committed'] as const;
export type Sealed = (typeof SEALED)[number];

/**
 * All that a replay knows after `frontier.size` leaves, so that it can go on later. Whatever else follows from the
 * entries, a map over the lists above all, follows from this.
 */
export type ReplayState = {
  readonly origin: string;
  readonly frontier: Frontier;
  /** Whether `log.sealed` was replayed, and with it the commitment that ends its batch. */
  readonly sealed: Sealed;
  /** Whether the last leaf is a `map.committed`. */
  readonly isCommitted: boolean;
  /** Hash (64 hex) and time of the last leaf; absent at size 0. */
  readonly last?: { readonly hash: string; readonly time: string };
  readonly lists: ReadonlyMap<string, ListHead>;
  /** The log's keys; absent before `log.opened`, and in states that were written by programs which followed no rotation. */
  readonly logKeys?: LogKeys;
};

/**
 * Replays a ledger from its exact leaves, in order: strict reading, origin, seq, links, time, every list that entries are
 * filed under, the map that each `map.committed` names (`map/root-mismatch`, `map/count-differs`), and the rotations of the
 * log's key (those of `followTrust`). What it has seen so far is a frontier, so that any stored or signed head can be compared. Memory: one record for each list, and the map.
 */
export class LedgerReplay {
  readonly #origin: string;
  readonly #lists: Map<string, ListHead>;
  readonly #map = new LedgerMap();
  #frontier: Frontier = EMPTY_FRONTIER;
  #sealed: Sealed;
  #committed: Uint8Array | undefined;
  #last: { readonly hash: string; readonly time: string } | undefined;
  #logKeys: LogKeys | undefined;

  /** A replay from the first leaf on, or one that goes on where `from`, of the same origin, was taken. */
  constructor(origin: string, from?: ReplayState) {
    invariant(from === undefined || from.origin === origin, 'a replay goes on in its own log');
    this.#origin = origin;
    this.#lists = new Map(from?.lists);
    this.#frontier = from?.frontier ?? EMPTY_FRONTIER;
    this.#sealed = from?.sealed ?? 'no';
    this.#last = from?.last;
    this.#logKeys = from?.logKeys;
    // Bucket by bucket, so that each is made once.
    const places = [...this.#lists.keys()].map((key) => ({ key, bucket: bucketOf(mapKey(key)) }));
    for (const { key } of places.sort((a, b) => a.bucket - b.bucket)) {
      const head = this.#lists.get(key);
      if (head !== undefined) this.#map.takeList(key, head);
    }
    if (from?.isCommitted === true) this.#committed = this.#map.commit().root;
  }

  /** What it knows now. Its lists are those of the replay itself: to be used up before the next leaf. */
  get state(): ReplayState {
    return {
      origin: this.#origin,
      frontier: this.#frontier,
      sealed: this.#sealed,
      isCommitted: this.#committed !== undefined,
      ...(this.#last === undefined ? {} : { last: this.#last }),
      lists: this.#lists,
      ...(this.#logKeys === undefined ? {} : { logKeys: this.#logKeys }),
    };
  }

  /** Number of leaves replayed. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Root over the leaves replayed. */
  get root(): Uint8Array {
    return frontierRoot(this.#frontier);
  }

  /** The map over all entries before the newest `map.committed` that was replayed: what its pages must be. */
  get map(): Pick<LedgerMap, 'bucketHash' | 'page'> {
    return this.#map;
  }

  /** Root of the map that the last leaf commits to; undefined where the last leaf is no `map.committed`. */
  get committedMap(): Uint8Array | undefined {
    return this.#committed;
  }

  /** Takes the next leaf; gives the entry where it reads, and everything that is wrong with it. */
  next(bytes: Uint8Array): {
    readonly entry?: Entry;
    readonly hash: Uint8Array;
    readonly findings: readonly ReplayFinding[];
  } {
    const seq = this.#frontier.size;
    const hash = entryHash(bytes);
    const parsed = parseEntry(bytes);
    const findings: ReplayFinding[] = [];
    const find = (code: FaultCode, message: string) => findings.push({ code, seq, message });
    if (parsed.ok) this.#check(parsed.value, find);
    else find(parsed.fault.code, parsed.fault.message);
    this.#frontier = appendLeaves(this.#frontier, [hash]);
    this.#last = { hash: formatHex(hash), time: parsed.ok ? parsed.value.time : (this.#last?.time ?? '') };
    this.#committed = undefined;
    if (!parsed.ok) return { hash, findings };
    const entry = parsed.value;
    if (entry.kind === 'log.sealed') this.#sealed = 'by the last entry';
    else if (this.#sealed === 'by the last entry') this.#sealed = 'and committed';
    if (entry.kind === 'map.committed') this.#checkMap(entry.body as MapCommitted, find);
    if (entry.kind === 'log.opened' && seq === 0) this.#logKeys = openedLogKeys(entry.body as LogOpened);
    else this.#followTrust(entry, find);
    for (const link of entry.keys) this.#lists.set(link.key, { n: link.n, seq, hash: this.#last.hash });
    this.#map.take({ keys: entry.keys, seq, hash: this.#last.hash });
    return { entry, hash, findings };
  }

  /** Whether a head over as many leaves as were replayed has this root. */
  agrees(root: Uint8Array): boolean {
    return equalBytes(this.root, root);
  }

  /** A commitment is that of the entries before it; without any, the one before is repeated. */
  #checkMap(said: MapCommitted, find: (code: FaultCode, message: string) => void): void {
    const { keys, root } = this.#map.commit();
    if (said.root !== formatHex(root))
      find('map/root-mismatch', 'The commitment is not that of the map over the entries before.');
    if (said.keys !== keys) find('map/count-differs', `The commitment says ${said.keys} keys; the map has ${keys}.`);
    this.#committed = root;
  }

  /** A rotation that does not hold has no effect. */
  #followTrust(entry: Entry, find: (code: FaultCode, message: string) => void): void {
    if (!FOLLOWED.has(entry.kind)) return;
    const before = this.#logKeys;
    const after = before === undefined ? withoutOpening(entry) : followTrust(before, entry);
    if (!after.ok) find(after.fault.code, after.fault.message);
    else if (after.value !== undefined) this.#logKeys = after.value;
  }

  #check(entry: Entry, find: (code: FaultCode, message: string) => void): void {
    const seq = this.#frontier.size;
    // What seals a log ends with its commitment, like every batch.
    if (this.#sealed === 'and committed' || (this.#sealed === 'by the last entry' && entry.kind !== 'map.committed'))
      find('entry/after-seal', 'The log was sealed before this entry.');
    if (entry.log !== this.#origin) find('entry/wrong-log', `The entry belongs to ${entry.log}.`);
    if (entry.seq !== seq) find('entry/link-broken', `The entry says it is number ${entry.seq}; it stands at ${seq}.`);
    if (entry.prev !== this.#last?.hash) find('entry/link-broken', 'prev is not the hash of the entry before.');
    if (this.#last !== undefined && entry.time < this.#last.time)
      find('entry/time-backwards', 'The time lies before that of the entry before.');
    for (const link of entry.keys) {
      const head = this.#lists.get(link.key);
      const follows =
        head === undefined
          ? link.n === 1
          : link.n === head.n + 1 && link.prev === head.hash && link.prevSeq === head.seq;
      if (!follows) find('list/link-broken', `In the list ${link.key} the entry does not follow the one before it.`);
    }
  }
}

/** Kinds that change the keys of the log, or those that agree to such a change. */
const FOLLOWED: ReadonlySet<string> = new Set(['log-key.rotated', 'control-keys.changed']);

/** Of a log that does not begin with its opening no keys are known: a rotation is asked for its signatures alone. */
function withoutOpening(entry: Entry): Result<undefined> {
  const verified = entry.kind === 'log-key.rotated' ? verifyRotation(entry) : ok(undefined);
  return verified.ok ? ok(undefined) : verified;
}
