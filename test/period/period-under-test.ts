import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Entry } from '../../src/core/entry/entry.ts';
import { type PeriodBounds, parsePeriod } from '../../src/core/period/period.ts';
import { type VerifiedPeriod, verifyPeriod } from '../../src/core/period/verify-period.ts';
import { provePeriod } from '../../src/service/prove-period.ts';
import { attestStage, growLedger } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';

/** A proof as its JSON, to be changed. */
export type PeriodDocument = {
  type: string;
  period: { from: number | string; to: number | string };
  earlier?: string;
  consistency?: string[];
  checkpoint: string;
  logKey: string;
  left: string[];
  before?: Entry;
  entries: Entry[];
  after?: Entry;
  right: string[];
  sha256: string;
};

export function keyOf(service: ServiceUnderTest): NoteKey {
  const key = parseVkey(service.context.logSigner.vkey);
  assert(key.ok);
  return key.value;
}

/** The service's proof of a period, as bytes. */
export async function prove(service: ServiceUnderTest, period: PeriodBounds): Promise<Uint8Array> {
  const proof = await provePeriod(service.context, service.admin, period);
  assert(proof.ok, JSON.stringify(proof));
  return proof.value;
}

export const bySeq = (from: number, to: number): PeriodBounds => ({ by: 'seq', from, to });
export const byTime = (from: string, to: string): PeriodBounds => ({ by: 'time', from, to });

/** What the bytes show under the keys, or the code of the first fault. */
export function shown(bytes: Uint8Array, keys: readonly NoteKey[]): VerifiedPeriod | string {
  const parsed = parsePeriod(bytes);
  const verified = parsed.ok ? verifyPeriod(parsed.value, keys) : parsed;
  return verified.ok ? verified.value : verified.fault.code;
}

export function documentOf(bytes: Uint8Array): PeriodDocument {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as PeriodDocument;
}

/** Canonical bytes of a document with its trailing hash made anew, as a competent forger does. */
export function bytesOf(document: PeriodDocument): Uint8Array {
  const { sha256: _old, ...rest } = document;
  const hash = createHash('sha256')
    .update(formatCanonicalJson(rest as unknown as Json))
    .digest('hex');
  return encodeUtf8(formatCanonicalJson({ ...rest, sha256: hash } as unknown as Json));
}

/** A log of some batches, some of several entries; its entries in order. */
export async function openGrown(): Promise<{ readonly service: ServiceUnderTest; readonly times: readonly string[] }> {
  const service = await openServiceUnderTest();
  await growLedger(service, 2);
  await Promise.all(['a', 'b', 'c'].map((name) => attestStage(service.context, service.admin, name)));
  await sleep(5);
  await growLedger(service, 4);
  const rows = await service.context.store.entryRange(0, 1_000);
  return { service, times: rows.map(({ entry }) => entry.time) };
}

/** A proof that has every part there is: both neighbours, an earlier checkpoint, and hashes on every path. */
export async function proveWithEverything(service: ServiceUnderTest): Promise<Uint8Array> {
  const { size } = (await service.context.store.head()).frontier;
  for (let from = 2; from + 4 < size; from += 1) {
    const bytes = await prove(service, bySeq(from, from + 3));
    const { before, after, left, right, consistency = [] } = documentOf(bytes);
    if (before !== undefined && after !== undefined && left.length * right.length * consistency.length > 0)
      return bytes;
  }
  throw new Error('no proof has every part');
}
