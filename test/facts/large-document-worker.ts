/** Reads one document at a time, on a thread whose memory is bounded: more than is allowed ends it. */
import { parentPort } from 'node:worker_threads';
import { factsOfFile, numbersOf } from './facts-under-test.ts';

export type LargeAnswer = { readonly numbers: unknown; readonly cpuMs: number };

parentPort?.on('message', (bytes: Uint8Array) => {
  const before = process.threadCpuUsage();
  const facts = factsOfFile(bytes);
  const { user, system } = process.threadCpuUsage(before);
  const numbers = typeof facts === 'string' ? facts : numbersOf(facts);
  parentPort?.postMessage({ numbers, cpuMs: (user + system) / 1_000 } satisfies LargeAnswer);
});
