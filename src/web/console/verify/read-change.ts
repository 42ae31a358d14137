import { changeHeadline } from '../../../core/control/change-headline.ts';
import { formatPublicKeyPem } from '../../../core/crypto/public-key.ts';
import { parseBase64 } from '../../../core/encoding/base64.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../core/encoding/json.ts';
import type { DualKind } from '../../../core/entry/kinds/change-proposed.ts';
import { fail, ok, type Result } from '../../../core/fault.ts';
import { parseGrantDocument } from '../../../core/trust/grant-document.ts';
import { parseRotation } from '../../../core/trust/rotation-document.ts';
import { parseSignerDocument, signerDocumentJson } from '../../../core/trust/signer-document.ts';

/** A change of trust as it is proposed: its kind and body, and its payload where it has one, in base64. */
export type Change = {
  readonly kind: DualKind;
  readonly body: JsonObject;
  readonly mediaType?: string;
  readonly document?: string;
};

/** A change as whoever is asked to agree to it reads it, and the request that makes it. */
export type ChangeShown = {
  /** One sentence that says what happens once it is made. */
  readonly headline: string;
  /** What its document says, where it has one. */
  readonly document?: Json;
  /** Where and with what the second person makes it; absent where a session of a browser may not. */
  readonly request?: { readonly path: string; readonly body: JsonObject };
};

type Parts = Omit<ChangeShown, 'headline'>;

/**
 * Reads a proposed change: its document with what reads it once it is an entry. What is shown and what is asked for are
 * made of the same bytes, which the service compares with the proposal (`dual-control/other-change`).
 * Faults: those of the document, and `dual-control/malformed-change`.
 */
export function readChange({ kind, body, document }: Change): Result<ChangeShown> {
  const bytes = document === undefined ? undefined : parseBase64(document);
  if (bytes?.ok === false) return bytes;
  const parts = partsOf(kind, body, bytes?.value ?? new Uint8Array());
  return parts.ok ? ok({ headline: changeHeadline({ kind, body }, document !== undefined), ...parts.value }) : parts;
}

function partsOf(kind: DualKind, body: JsonObject, bytes: Uint8Array): Result<Parts> {
  switch (kind) {
    case 'contract.published':
      return withObject(bytes, (document) => ({ document, request: { path: '/v1/contracts', body: document } }));
    case 'contract.withdrawn':
      return ok(request(`/v1/contracts/${nameIn(body, 'contract')}/withdraw`));
    case 'signer.registered':
      return registration(bytes);
    case 'signer.rotated':
      return rotation(nameIn(body, 'signer'), bytes);
    case 'signer.revoked':
      return ok(request(`/v1/signers/${nameIn(body, 'signer')}/revoke`, { effective: body.effective ?? null }));
    case 'principal.granted':
      return grant(body, bytes);
    case 'principal.revoked':
      return ok(request(`/v1/principals/${nameIn(body, 'principal')}/revoke`));
    case 'settings.changed':
      return ok(request('/v1/settings', body));
    case 'token.issued':
      return ok({});
  }
}

function registration(bytes: Uint8Array): Result<Parts> {
  const read = parseSignerDocument(bytes);
  if (!read.ok) return read;
  const { key, signer: _computed, ...rest } = read.value;
  const asked = { publicKeyPem: formatPublicKeyPem(key), ...rest } as JsonObject;
  return ok({ document: signerDocumentJson(read.value), ...request('/v1/signers', asked) });
}

function rotation(signer: string, bytes: Uint8Array): Result<Parts> {
  const read = parseRotation(bytes);
  if (!read.ok) return read;
  const { until, successor } = read.value.rotation;
  return withObject(bytes, (envelope) => ({
    document: { until, successor: signerDocumentJson(successor) },
    ...request(`/v1/signers/${signer}/rotate`, envelope),
  }));
}

function grant(body: JsonObject, bytes: Uint8Array): Result<Parts> {
  const read = parseGrantDocument(bytes);
  if (!read.ok) return read;
  const asked = read.value as JsonObject;
  return ok({ document: asked, ...request('/v1/principals', { principal: nameIn(body, 'principal'), ...asked }) });
}

function request(path: string, body: JsonObject = {}): Required<Pick<Parts, 'request'>> {
  return { request: { path, body } };
}

function nameIn(body: JsonObject, member: string): string {
  const value = body[member];
  return encodeURIComponent(typeof value === 'string' ? value : '');
}

function withObject(bytes: Uint8Array, make: (value: JsonObject) => Parts): Result<Parts> {
  const read = parseJson(bytes);
  if (!read.ok) return read;
  if (isJsonObject(read.value)) return ok(make(read.value));
  return fail('dual-control/malformed-change', 'The document of the change is no object.');
}
