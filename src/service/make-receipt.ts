import type { Json } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import { receiptJson } from '../core/receipt/receipt.ts';
import { signHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import type { SignedHead } from './sequencer.ts';
import { readInclusionPaths } from './tree-proofs.ts';

/**
 * The first receipt of an entry: under the checkpoint of the batch that it came with, whose bytes come out the same
 * each time. `signed` saves reading that head where the caller has it. Undefined for an entry that is not there.
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
  const paths = await readInclusionPaths(context.store, [seq], size);
  const commitment = stored.entry.payload?.commitment;
  const payloads = commitment === undefined ? undefined : await context.store.payloads([commitment]);
  const salt = commitment === undefined ? undefined : payloads?.get(commitment)?.salt;
  const receipt = receiptJson({
    entry: stored.entry,
    index: seq,
    path: paths.get(seq) ?? [],
    checkpoint: covering.checkpoint,
    ...(salt === undefined ? {} : { salt }),
    logKey: context.logSigner.vkey,
  });
  return { entry: stored.entry, receipt };
}

async function coveringHead(context: ServiceContext, seq: number): Promise<SignedHead | undefined> {
  const head = await context.store.headCovering(seq);
  return head === undefined ? undefined : { head, checkpoint: signHead(head, [context.logSigner]) };
}
