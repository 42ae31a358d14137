import { formatHex } from '../encoding/hex.ts';
import { invariant } from '../fault.ts';
import { ENTRY_VERSION, type Entry, entryHash, type KeyLink, type Proposal, writeEntry } from './entry.ts';
import { entryKind } from './kinds.ts';

/** Where the newest entry of a list stands: it is the n-th, at `seq`, with this hash (64 hex). */
export type ListHead = { readonly n: number; readonly seq: number; readonly hash: string };

/** Where the ledger stands before a batch. `last` is absent at size 0. */
export type LedgerHead = {
  readonly log: string;
  readonly size: number;
  readonly last?: { readonly hash: string; readonly time: string };
};

/** An entry in its place, with its exact bytes and its hash. */
export type LinkedEntry = { readonly entry: Entry; readonly bytes: Uint8Array; readonly hash: Uint8Array };

/** A proposal is readonly, and asked for its keys at each step of an append. */
const keysOfProposals = new WeakMap<Proposal, readonly string[]>();

/** The keys that a proposal will be filed under: sorted and distinct. */
export function proposalKeys(proposal: Proposal): readonly string[] {
  const known = keysOfProposals.get(proposal);
  if (known !== undefined) return known;
  const kind = entryKind(proposal.kind);
  invariant(kind !== undefined, `nothing of kind ${proposal.kind} is written by this version`);
  const keys = kind.filedUnder(proposal);
  keysOfProposals.set(proposal, keys);
  return keys;
}

/**
 * The proposals as entries, linked to the ledger's head, to each other, and to the heads of the lists that they are
 * filed under. `lists` holds the head of every list that has one; `time` is RFC 3339 UTC with milliseconds and not
 * before the last entry's. Pure: the same input gives the same bytes.
 */
export function linkEntries(
  head: LedgerHead,
  lists: ReadonlyMap<string, ListHead>,
  time: string,
  proposals: readonly Proposal[],
): readonly LinkedEntry[] {
  invariant((head.size === 0) === (head.last === undefined), 'a head knows its last entry unless it is empty');
  invariant(head.last === undefined || head.last.time <= time, 'time does not run backwards');
  const heads = new Map(lists);
  const linked: LinkedEntry[] = [];
  let prev = head.last?.hash;
  for (const [index, proposal] of proposals.entries()) {
    const seq = head.size + index;
    const keys = proposalKeys(proposal).map((key) => keyLink(key, heads.get(key)));
    const { entry, bytes } = writeEntry({
      ...proposal,
      v: ENTRY_VERSION,
      log: head.log,
      seq,
      ...(prev === undefined ? {} : { prev }),
      time,
      keys,
    });
    const hash = entryHash(bytes);
    prev = formatHex(hash);
    for (const link of keys) heads.set(link.key, { n: link.n, seq, hash: prev });
    linked.push({ entry, bytes, hash });
  }
  return linked;
}

function keyLink(key: string, head: ListHead | undefined): KeyLink {
  return head === undefined ? { key, n: 1 } : { key, n: head.n + 1, prev: head.hash, prevSeq: head.seq };
}
