import { createHash } from 'node:crypto';
import { pae } from '../../src/core/dsse/pae.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { base64 } from './second-verifier.ts';

const PAYLOAD_TYPE = 'application/vnd.waybill.report+json';

export type Members = { [name: string]: Json };
export type Proof = Members & { entries: Json[]; sha256: string };
export type Payload = Members & { report: Members & { result: Members }; signer: { spki: string; lists: Json[] } };
export type Sign = (message: Uint8Array) => Uint8Array;

export function payloadOf(bytes: Uint8Array): Payload {
  const { payload } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Payload;
}

/** An envelope around these bytes, signed by whomever. */
function sealed(payload: Uint8Array, signIt: Sign, payloadType = PAYLOAD_TYPE): Uint8Array {
  const sig = Buffer.from(signIt(pae(payloadType, payload))).toString('base64');
  const envelope = { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ sig, keyid: '' }] };
  return Buffer.from(JSON.stringify(envelope));
}

/** The same report after a change, with a signature that is good again. */
export function changed(bytes: Uint8Array, signIt: Sign, change: (payload: Payload) => unknown): Uint8Array {
  const payload = payloadOf(bytes);
  change(payload);
  return sealed(Buffer.from(formatCanonicalJson(payload)), signIt);
}

/** Changes one of the proofs, which then has the hash that it should. */
export function changedProof(at: number, change: (proof: Proof) => unknown): (payload: Payload) => void {
  return ({ signer: { lists } }) => {
    const proof = lists[at] as Proof;
    change(proof);
    const { sha256: _, ...rest } = proof;
    proof.sha256 = createHash('sha256').update(formatCanonicalJson(rest)).digest('hex');
  };
}

/** Another character of base64 or hex in the place of one of them. */
export function otherDigit(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
}

/** The report with one bit flipped, once in each kind of member of its payload and in each part of the envelope. */
export function flippedReports(text: string): readonly string[] {
  const envelope = JSON.parse(text) as { readonly payload: string };
  const payload = Buffer.from(envelope.payload, 'base64');
  const ends = [...payload.toString('latin1').matchAll(/"([A-Za-z0-9]+)":"?./g)].map(
    ({ index, 0: part, 1: name }) => [name, index + part.length - 1] as const,
  );
  const inside = [...new Map(ends).values()].map((at) => {
    const flipped = Buffer.from(payload);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    return text.replace(envelope.payload, base64(flipped));
  });
  const outside = ['"payloadType":"', '"payload":"', '"sig":"'].map((before) => {
    const at = text.indexOf(before) + before.length;
    return `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
  });
  return [...inside, ...outside];
}
