import { equalBytes } from '../core/encoding/bytes.ts';
import { verifyConsistency } from '../core/merkle/consistency.ts';
import { type Anchor, type LedgerStore, ServiceError, type StoredHead } from './ports.ts';
import { readConsistencyPath } from './tree-proofs.ts';

/**
 * Whether the database still holds what this replica saw committed. Before anything is signed: a head smaller than the
 * anchor is `head/behind-anchor`, one that does not grow out of it `head/not-consistent-with-anchor`, a log that is not
 * empty without an anchor `anchor/missing`, another log's anchor `anchor/wrong-origin`.
 */
export async function checkAnchor(store: LedgerStore, head: StoredHead, anchor: Anchor | undefined): Promise<void> {
  const size = head.frontier.size;
  if (anchor === undefined) {
    if (size === 0) return;
    throw refusal(
      'anchor/missing',
      `The log has ${size} entries and this replica has no anchor for it; see docs/guides/operator.md.`,
    );
  }
  if (anchor.origin !== head.origin) {
    throw refusal('anchor/wrong-origin', `The anchor is that of ${anchor.origin}, the database holds ${head.origin}.`);
  }
  if (size < anchor.size) {
    throw refusal('head/behind-anchor', `The database's head has size ${size}; the anchor has seen ${anchor.size}.`);
  }
  const same = size === anchor.size ? equalBytes(head.root, anchor.root) : await growsFrom(store, anchor, head);
  if (!same) {
    throw refusal(
      'head/not-consistent-with-anchor',
      `The head of size ${size} does not grow out of the anchor of size ${anchor.size}.`,
    );
  }
}

async function growsFrom(store: LedgerStore, anchor: Anchor, head: StoredHead): Promise<boolean> {
  const path = await readConsistencyPath(store, anchor.size, head.frontier.size);
  const grown = verifyConsistency({
    first: anchor.size,
    second: head.frontier.size,
    firstRoot: anchor.root,
    secondRoot: head.root,
    path,
  });
  return grown.ok;
}

function refusal(code: ServiceError['fault']['code'], message: string): ServiceError {
  return new ServiceError({ code, message });
}
