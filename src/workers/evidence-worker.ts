/** The program of a worker thread: one job at a time, one answer for each. What it throws ends it. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import {
  factsOfEvidence,
  formatEvidenceBytes,
  judgeEvidenceBytes,
  tableOfEvidence,
} from '../core/custody/evidence-job.ts';
import { ok } from '../core/fault.ts';
import { readAttestation } from '../service/read-attestation.ts';
import type { WorkerJob } from './worker-job.ts';

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  port.on('message', (job: WorkerJob) => {
    if (job.kind === 'read') {
      port.postMessage(readAttestation(job.submitted));
      return;
    }
    if (job.kind === 'judge') {
      port.postMessage(judgeEvidenceBytes(job.evidence, job.trust, job.now, job.environment));
      return;
    }
    if (job.kind === 'format') {
      giveBytes(port, formatEvidenceBytes(job.parts), (own) => own);
      return;
    }
    const make = job.kind === 'facts' ? factsOfEvidence : tableOfEvidence;
    const made = make(job.evidence, job.trust, job.now);
    if (made.ok) giveBytes(port, made.value, (own) => ok(own));
    else port.postMessage(made);
  });
}

/** Gives bytes away: in memory of their own, since the encoder may hand out part of a larger buffer, which stays. */
function giveBytes(port: MessagePort, bytes: Uint8Array, answer: (own: Uint8Array) => unknown): void {
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  port.postMessage(answer(own), [own.buffer as ArrayBuffer]);
}
