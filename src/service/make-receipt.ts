import type { Json } from '../core/encoding/json.ts';
import { type Entry, entryHash } from '../core/entry/entry.ts';
import { verifyInclusion } from '../core/merkle/inclusion.ts';
import { receiptJson } from '../core/receipt/receipt.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { ServiceError } from './ports.ts';
import { signPublished } from './published-checkpoints.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/**
 * The first receipt of an entry: under the checkpoint of the batch that it came with, whose bytes come out the same
 * each time, until another key of the log is in force. `signed` saves reading that head where the caller has it. Undefined for an entry that is not there.
 * Throws `head/not-ours` where the stored entry is not in the tree: no receipt is given that does not verify.
 */
export async function makeReceipt(
  context: ServiceContext,
  seq: number,
  signed?: SignedHead,
): Promise<{ readonly entry: Entry; readonly receipt: Json } | undefined> {
  const covering = signed ?? (await coveringHead(context, seq));
  const [stored] = await context.store.entries([seq]);
  if (covering === undefined || stored === undefined) return undefined;
  const size = covering.head.frontier.size;
  const path = (await readInclusionPaths(context.store, [seq], size)).get(seq) ?? [];
  const leafHash = entryHash(stored.bytes);
  if (!verifyInclusion({ index: seq, size, leafHash, path, root: covering.head.root }).ok) {
    throw new ServiceError({ code: 'head/not-ours', message: `Entry ${seq} as stored is not the one in the tree.` });
  }
  const commitment = stored.entry.payload?.commitment;
  const payloads = commitment === undefined ? undefined : await context.store.payloads([commitment]);
  const salt = commitment === undefined ? undefined : payloads?.get(commitment)?.salt;
  const receipt = receiptJson({
    entry: stored.entry,
    index: seq,
    path,
    checkpoint: covering.checkpoint,
    ...(salt === undefined ? {} : { salt }),
    logKey: covering.logKey,
  });
  return { entry: stored.entry, receipt };
}

async function coveringHead(context: ServiceContext, seq: number): Promise<SignedHead | undefined> {
  const head = await context.store.headCovering(seq);
  if (head === undefined) return undefined;
  const [signed] = await signPublished(context, [head]);
  return signed;
}
