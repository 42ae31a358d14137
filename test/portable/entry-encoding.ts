import { formatBase64, parseBase64 } from '../../src/core/encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { formatHex, parseHex } from '../../src/core/encoding/hex.ts';
import { parseJson } from '../../src/core/encoding/json.ts';
import type { Result } from '../../src/core/fault.ts';
import { each, type Runs, text } from './vector-set.ts';

/** `json`: {base64: a document}, answered by its canonical form. `binary`: {text}, read as hex and as base64. */
export const ENCODING_RUNS: Runs = {
  json: each((input) => {
    const bytes = parseBase64(text(input, 'base64'));
    if (!bytes.ok) return bytes.fault.code;
    const parsed = parseJson(bytes.value);
    if (!parsed.ok) return `${parsed.fault.code} at ${parsed.fault.at}`;
    return `${outcome(parseCanonicalJson(bytes.value), () => 'canonical')} ${formatCanonicalJson(parsed.value)}`;
  }),
  binary: each((input) => {
    const value = text(input, 'text');
    return `${outcome(parseHex(value), formatHex)} ${outcome(parseBase64(value), formatBase64)}`;
  }),
};

function outcome<T>(result: Result<T>, format: (value: T) => string): string {
  return result.ok ? format(result.value) : result.fault.code;
}
