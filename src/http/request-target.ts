import { TARGET_CHARACTERS_MAX } from '../api/limits.ts';
import { fail, ok, type Result } from '../core/fault.ts';

/** Path and query of a request line, checked for what two readers could understand differently. */
export type RequestTarget = {
  /** As sent, percent-encoding included. */
  readonly path: string;
  /** Names and values, decoded, in their order. */
  readonly query: readonly (readonly [name: string, value: string])[];
};

const CONTROL = /\p{Cc}/u;

/**
 * Reads a request target: `/path?query`, or the absolute form that proxies send, whose host is dropped.
 *
 * Faults: `http/target-too-long` (over 8,192 characters), `http/malformed-target` (not ASCII, a fragment,
 * percent-encoding that is not UTF-8, a control character in encoded form).
 */
export function readRequestTarget(target: string): Result<RequestTarget> {
  if (target.length > TARGET_CHARACTERS_MAX) {
    return fail('http/target-too-long', `The address has over ${TARGET_CHARACTERS_MAX} characters.`);
  }
  if (!/^[!-~]*$/.test(target) || target.includes('#'))
    return malformed('The address holds a character that it may not.');
  const local = target.replace(/^https?:\/\/[^/?]*(?=\/)/i, '');
  if (!local.startsWith('/')) return malformed('The address has no path.');
  const cut = local.indexOf('?');
  const path = cut === -1 ? local : local.slice(0, cut);
  if (decodeStrictly(path) === undefined) return malformed('The path is not percent-encoded text.', 'path');
  const query: [string, string][] = [];
  for (const part of cut === -1 ? [] : local.slice(cut + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeForm(equals === -1 ? part : part.slice(0, equals));
    const value = decodeForm(equals === -1 ? '' : part.slice(equals + 1));
    if (name === undefined || value === undefined) return malformed('The query is not percent-encoded text.', 'query');
    query.push([name, value]);
  }
  return ok({ path, query });
}

/** Text of a query: as HTML forms write it, with `+` for a space. */
function decodeForm(text: string): string | undefined {
  return decodeStrictly(text.replaceAll('+', '%20'));
}

/** Decoded text without control characters, or undefined. */
function decodeStrictly(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return CONTROL.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function malformed(message: string, at?: string): Result<never> {
  return fail('http/malformed-target', message, at);
}
