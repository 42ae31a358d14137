import { sha256 } from '#sha256';
import { concatBytes, u64be } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';

/**
 * Identity of a submission (32 bytes): SHA-256 over a domain and every part that makes two submissions the same one,
 * each part with its length before it (u64 BE), so that no two lists of parts run together.
 */
export function submissionIdentity(domain: string, parts: readonly (string | Uint8Array)[]): Uint8Array {
  return sha256(
    concatBytes(
      domainPart(domain),
      ...parts.map((part) => (typeof part === 'string' ? textPart(part) : bytesPart(part))),
    ),
  );
}

const DOMAINS = new Map<string, Uint8Array>();

/** Domains are a few words of ours. */
function domainPart(domain: string): Uint8Array {
  const known = DOMAINS.get(domain) ?? encodeUtf8(`waybill/submission/v1\0${domain}\0`);
  DOMAINS.set(domain, known);
  return known;
}

function bytesPart(part: Uint8Array): Uint8Array {
  return concatBytes(u64be(part.length), sha256(part));
}

/** Repositories, stages and forms are few and come again and again. */
const TEXTS_KEPT_MAX = 1_024;
const textParts = new Map<string, Uint8Array>();

function textPart(text: string): Uint8Array {
  const known = textParts.get(text);
  if (known !== undefined) return known;
  const part = bytesPart(encodeUtf8(text));
  if (textParts.size >= TEXTS_KEPT_MAX) textParts.clear();
  if (text.length <= 255) textParts.set(text, part);
  return part;
}
