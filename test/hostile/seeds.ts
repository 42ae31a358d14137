import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { custodyLedger } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { publishedBytes, publishedFiles } from '../portable/published-vectors.ts';

/** Longer ones would slow the mutations down, and hold the same members. */
const DOCUMENT_BYTES_MAX = 4_096;

/** A small log whose custody passes; everything about it is the same in each run. */
export const LEDGER: LedgerUnderTest = custodyLedger();

/** Small documents of other people's tools that are read, where the published vectors lie beside the checkout. */
export function publishedDocuments(isRead: (bytes: Uint8Array) => boolean): readonly Uint8Array[] {
  return (publishedFiles('documents') ?? [])
    .map((path) => publishedBytes(path) ?? new Uint8Array())
    .filter((bytes) => bytes.length < DOCUMENT_BYTES_MAX && bytes[0] === 0x7b && isRead(bytes));
}

/** UTF-8 bytes of each text. */
export function text(...texts: readonly string[]): readonly Uint8Array[] {
  return texts.map(encodeUtf8);
}

/** The document that the entry at `seq` commits to. */
export function payloadAt(seq: number): Uint8Array {
  const payload = LEDGER.payload(seq);
  if (payload === undefined) throw new Error(`entry ${seq} has no payload`);
  return payload;
}
