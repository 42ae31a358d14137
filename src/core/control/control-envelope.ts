import type { PublicKey } from '../crypto/public-key.ts';
import { verifySignature } from '../crypto/verify-signature.ts';
import { type Envelope, type EnvelopeSignature, formatEnvelope, parseEnvelope } from '../dsse/envelope.ts';
import { pae } from '../dsse/pae.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { SHA256_HEX } from '../entry/names.ts';
import { type Fault, fail, ok, type Result } from '../fault.ts';
import { CONTROL_CHARACTERS_MAX } from '../limits.ts';
import { type ControlSet, controlKeyId } from './control-keys.ts';
import { CONTROL_PAYLOAD_TYPE, type ControlStatement, parseControlStatement } from './control-statement.ts';

/** A control envelope, read: what is signed, and the signatures, none of them verified yet. */
export type ControlEnvelope = {
  readonly statement: ControlStatement;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
};

/** A signature, and the key that is said to have made it. */
export type ControlSignature = { readonly key: PublicKey; readonly signature: Uint8Array };

/**
 * The envelope in the member `control`: canonical JSON with standard base64 and no further member, its signatures in the
 * order of their key ids, of which none stands twice, so that one envelope has one spelling.
 * Fault: `control/malformed` with the cause. Source: docs/spec/control.md §3.
 */
export function parseControl(text: string): Result<ControlEnvelope> {
  if (text.length > CONTROL_CHARACTERS_MAX || !text.isWellFormed())
    return malformed(`A control envelope has at most ${CONTROL_CHARACTERS_MAX} characters.`);
  const envelope = parseEnvelope(encodeUtf8(text));
  if (!envelope.ok) return malformed('The text is no DSSE envelope.', envelope.fault);
  const { payloadType, payload, signatures } = envelope.value;
  if (payloadType !== CONTROL_PAYLOAD_TYPE) return malformed(`The payload is not of type ${CONTROL_PAYLOAD_TYPE}.`);
  const ids = signatures.map(({ keyid }) => keyid);
  const ascending = ids.every((id, index) => SHA256_HEX.test(id) && (ids[index - 1] ?? '') < id);
  if (!ascending) return malformed('Signatures are in the order of the ids of their keys, one for each key.');
  if (formatEnvelope(envelope.value) !== text) return malformed('The envelope is not spelled in its one form.');
  const statement = parseControlStatement(payload);
  return statement.ok ? ok({ statement: statement.value, payload, signatures }) : statement;
}

/** The text of an envelope over the bytes of a statement. Of signatures of one key the first is taken. */
export function formatControl(payload: Uint8Array, signatures: readonly ControlSignature[]): string {
  const byId = new Map(signatures.toReversed().map(({ key, signature }) => [controlKeyId(key), signature]));
  const envelope: Envelope = {
    payloadType: CONTROL_PAYLOAD_TYPE,
    payload,
    signatures: [...byId.keys()].sort().map((keyid) => ({ keyid, sig: byId.get(keyid) ?? new Uint8Array() })),
  };
  return formatEnvelope(envelope);
}

/** The bytes that a control key signs. */
export function controlMessage(payload: Uint8Array): Uint8Array {
  return pae(CONTROL_PAYLOAD_TYPE, payload);
}

/**
 * The keys of the set that signed, each once. A key id only says which key to try: what it names must be in the set and
 * have made the signature. Cost: one verification for each signature at the most.
 */
export function controlSigners(
  { payload, signatures }: Pick<ControlEnvelope, 'payload' | 'signatures'>,
  { keys }: ControlSet,
): readonly PublicKey[] {
  const message = controlMessage(payload);
  const byId = new Map(signatures.map(({ keyid, sig }) => [keyid, sig]));
  return keys.filter((key) => {
    const signature = byId.get(controlKeyId(key));
    return signature !== undefined && verifySignature(key, message, signature);
  });
}

function malformed(message: string, cause?: Fault): Result<never> {
  return fail('control/malformed', message, undefined, cause);
}
