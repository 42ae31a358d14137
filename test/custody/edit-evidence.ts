import type { EvidenceParts } from '../../src/core/custody/evidence.ts';
import type { Entry } from '../../src/core/entry/entry.ts';

type Edit = (parts: EvidenceParts) => EvidenceParts;

/** Changes one entry that is shown, and nothing that proves it. */
export function editEntry(seq: number, change: (entry: Entry) => Entry): Edit {
  return (parts) => ({
    ...parts,
    entries: parts.entries.map((shown) => (shown.entry.seq === seq ? { ...shown, entry: change(shown.entry) } : shown)),
  });
}

/** Changes salt or bytes of one payload that is shown. */
export function editPayload(seq: number, change: Partial<EvidenceParts['payloads'][number]>): Edit {
  return (parts) => ({
    ...parts,
    payloads: parts.payloads.map((payload) => (payload.seq === seq ? { ...payload, ...change } : payload)),
  });
}

/** Changes how many entries a list claims; undefined leaves the claim out. */
export function editClaim(key: string, change: (n: number) => number | undefined): Edit {
  return (parts) => ({
    ...parts,
    lists: parts.lists.flatMap((list) => {
      const n = list.key === key ? change(list.n) : list.n;
      return n === undefined ? [] : [{ ...list, n }];
    }),
  });
}

/** Claims of every list lessened by the entries that are left out: a server that hides them and counts them out. */
export function claimWithout(hidden: readonly Entry[]): Edit {
  return (parts) => ({
    ...parts,
    lists: parts.lists.map(({ key, n, proof }) => ({
      key,
      proof,
      n: n - hidden.filter(({ keys }) => keys.some((link) => link.key === key)).length,
    })),
  });
}
