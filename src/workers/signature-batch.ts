import { u64be } from '../core/encoding/bytes.ts';

/** An Ed25519 signature to be verified: key (32 bytes), signature (64 bytes), message. */
export type SignatureJob = {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
};

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const LENGTH_BYTES = 8;

/** Jobs in one piece of memory of its own, to be given away: for each its key, signature, length (u64 BE) and message. */
export function formatSignatureBatch(jobs: readonly SignatureJob[]): Uint8Array<ArrayBuffer> {
  const bytesOfJob = (job: SignatureJob) => KEY_BYTES + SIGNATURE_BYTES + LENGTH_BYTES + job.message.length;
  const batch = new Uint8Array(jobs.reduce((sum, job) => sum + bytesOfJob(job), 0));
  let at = 0;
  for (const { key, signature, message } of jobs) {
    for (const part of [key, signature, u64be(message.length), message]) {
      batch.set(part, at);
      at += part.length;
    }
  }
  return batch;
}

/** The same jobs again, as views of `batch`. Only for what {@link formatSignatureBatch} made. */
export function parseSignatureBatch(batch: Uint8Array): readonly SignatureJob[] {
  const jobs: SignatureJob[] = [];
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  for (let at = 0; at < batch.length; ) {
    const key = batch.subarray(at, at + KEY_BYTES);
    const signature = batch.subarray(at + KEY_BYTES, at + KEY_BYTES + SIGNATURE_BYTES);
    const start = at + KEY_BYTES + SIGNATURE_BYTES + LENGTH_BYTES;
    const end = start + Number(view.getBigUint64(start - LENGTH_BYTES));
    jobs.push({ key, signature, message: batch.subarray(start, end) });
    at = end;
  }
  return jobs;
}
