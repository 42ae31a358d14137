import { equalBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import type { FaultCode } from '../fault.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from '../merkle/frontier.ts';
import { type Entry, entryHash, parseEntry } from './entry.ts';
import type { ListHead } from './link.ts';

/** One thing that is not as it must be: at which entry or size, under which code, and in words. */
export type ReplayFinding = { readonly code: FaultCode; readonly seq: number; readonly message: string };

/**
 * Replays a ledger from its exact leaves, in order: strict reading, origin, seq, links, time, and every list that
 * entries are filed under. What it has seen so far is a frontier, so that any stored or signed head can be compared.
 * Memory: one record for each list.
 */
export class LedgerReplay {
  readonly #origin: string;
  readonly #lists = new Map<string, ListHead>();
  #frontier: Frontier = EMPTY_FRONTIER;
  #last: { readonly hash: string; readonly time: string } | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Number of leaves replayed. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Root over the leaves replayed. */
  get root(): Uint8Array {
    return frontierRoot(this.#frontier);
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
    if (!parsed.ok) return { hash, findings };
    for (const link of parsed.value.keys) this.#lists.set(link.key, { n: link.n, seq, hash: this.#last.hash });
    return { entry: parsed.value, hash, findings };
  }

  /** Whether a head over as many leaves as were replayed has this root. */
  agrees(root: Uint8Array): boolean {
    return equalBytes(this.root, root);
  }

  #check(entry: Entry, find: (code: FaultCode, message: string) => void): void {
    const seq = this.#frontier.size;
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
