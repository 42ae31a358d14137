import { ENTRY_BYTES_MAX } from '../core/limits.ts';
import { HASH_BYTES } from '../core/merkle/hash.ts';
import { TILE_WIDTH } from '../core/merkle/tile-path.ts';
import { consistencyAnswer, entryAnswer } from './answers.ts';
import type { Bytes, Get, Progress } from './call.ts';
import type { openTransport, Streaming } from './transport.ts';

/** Which period to export, and how an answer that broke off is gone on with: docs/spec/export.md section 2. */
export type ExportQuestion = {
  readonly from: string;
  readonly to: string;
  readonly size?: number | undefined;
  readonly after?: number | undefined;
};

/** A full bundle of the largest entries, each behind its length of two bytes: 16.8 MB. A tile of hashes has 8 KiB. */
const BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX);
const TILE_BYTES_MAX = TILE_WIDTH * HASH_BYTES;

/** What is read of the log itself. */
export function logCalls(send: ReturnType<typeof openTransport>, get: Get, bytes: Bytes, stream: Streaming) {
  return {
    /** The newest checkpoint: a signed note. Needs no token. */
    checkpoint: async () => (await send({ method: 'GET', path: '/log/checkpoint', accept: 'text/plain' })).body,
    /** The completeness proof of a list as its exact bytes. */
    completeness: (key: string, onProgress?: Progress) =>
      bytes('/v1/proofs/completeness', { key }, 'application/json', onProgress),
    /** A tile or an entry bundle by its C2SP path (`tile/0/000`), as its exact bytes. Bundles need a token. */
    tile: async (path: string) => {
      const answerBytesMax = path.startsWith('tile/entries/') ? BUNDLE_BYTES_MAX : TILE_BYTES_MAX;
      return (await send({ method: 'GET', path: `/log/${path}`, accept: 'application/octet-stream', answerBytesMax }))
        .body;
    },
    /** The proof of a period, between two seqs or two times, as its exact bytes. */
    period: (from: string, to: string, onProgress?: Progress) =>
      bytes('/v1/proofs/period', { from, to }, 'application/json', onProgress),
    /** The lines of the export of a period, as they come. */
    exportLines: async (question: ExportQuestion) =>
      (await stream({ method: 'GET', path: '/v1/exports', query: question, accept: 'application/x-ndjson' })).parts,
    /** One entry; its payload in base64, where it is not erased. */
    entry: (seq: number) => get(entryAnswer, `/v1/entries/${seq}`),
    /** The receipt of an entry as its exact bytes. */
    receipt: (seq: number) => bytes(`/v1/entries/${seq}/receipt`, {}, 'application/json', undefined),
    consistency: (from: number, to: number) => get(consistencyAnswer, '/v1/consistency', { from, to }),
  };
}
