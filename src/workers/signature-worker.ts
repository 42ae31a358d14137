/** The program of a worker thread that verifies signatures: a batch at a time, and for each of its jobs a byte, 1 for good. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { verifyEd25519 } from '#ed25519';
import { parseSignatureBatch } from './signature-batch.ts';

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  port.on('message', (batch: Uint8Array) => {
    const verified = parseSignatureBatch(batch).map(({ key, signature, message }) =>
      verifyEd25519(signature, message, key) ? 1 : 0,
    );
    port.postMessage(Uint8Array.from(verified));
  });
}
