import { parseEnvelope } from '../../core/dsse/envelope.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { decodeUtf8 } from '../../core/encoding/utf8.ts';

/** Payloads are documents; what is longer is in the file for whoever wants all of it. */
const SHOWN_CHARACTERS_MAX = 20_000;

/** A payload for people: JSON indented, anything else as text or in hex, cut where it is long. */
export function entryText(payload: Uint8Array): string {
  const text = decodeUtf8(payload);
  if (!text.ok) return shorten(formatHex(payload.subarray(0, SHOWN_CHARACTERS_MAX)));
  try {
    const value: unknown = JSON.parse(text.value);
    return shorten(JSON.stringify(value, undefined, 2));
  } catch {
    return shorten(text.value);
  }
}

/** What an envelope signs, for people, under the type that it names; undefined for a payload that is no DSSE envelope. */
export function signedText(payload: Uint8Array): { readonly type: string; readonly text: string } | undefined {
  const envelope = parseEnvelope(payload);
  return envelope.ok ? { type: envelope.value.payloadType, text: entryText(envelope.value.payload) } : undefined;
}

function shorten(text: string): string {
  if (text.length <= SHOWN_CHARACTERS_MAX) return text;
  return `${text.slice(0, SHOWN_CHARACTERS_MAX)}\n… and ${text.length - SHOWN_CHARACTERS_MAX} more characters`;
}
