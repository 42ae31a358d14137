import { isInView } from '../../core/custody/as-of.ts';
import type { Evidence } from '../../core/custody/evidence.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { decodeUtf8 } from '../../core/encoding/utf8.ts';
import { element } from './element.ts';

/** Payloads are documents; what is longer is in the file for whoever wants all of it. */
const SHOWN_CHARACTERS_MAX = 20_000;

/** Every entry of the evidence as it is, unfolded on demand. Long texts are made when an entry is opened. */
export function entryList(evidence: Evidence): HTMLElement {
  const payloads = new Map(evidence.payloads.map((payload) => [payload.seq, payload.bytes]));
  return element(
    'div',
    { class: 'entries card' },
    ...evidence.entries.map(({ entry, hash }) => {
      const details = element(
        'details',
        { class: 'entry', id: `entry-${entry.seq}` },
        element(
          'summary',
          {},
          element('span', { class: 'seq' }, `#${entry.seq}`),
          element(
            'div',
            {},
            element('span', {}, entry.kind),
            entry.stage !== undefined && element('span', { class: 'quiet' }, ` · ${entry.stage}`),
            !isInView(entry, evidence.question.asOf) &&
              element('span', { class: 'quiet' }, ' · later than what is asked about, not looked at'),
          ),
        ),
      );
      details.addEventListener('toggle', () => {
        if (!details.open || details.childElementCount > 1) return;
        details.append(raw(entry, formatHex(hash), payloads.get(entry.seq)));
      });
      return details;
    }),
  );
}

function raw(entry: unknown, hash: string, payload: Uint8Array | undefined): HTMLElement {
  return element(
    'div',
    { class: 'raw' },
    element('h3', {}, 'Entry'),
    element('pre', { tabindex: 0 }, JSON.stringify(entry, undefined, 2)),
    element('h3', {}, 'Hash, as the next entry names it'),
    element('pre', {}, hash),
    payload !== undefined && element('h3', {}, `Payload, ${payload.length} bytes`),
    payload !== undefined && element('pre', { tabindex: 0 }, readable(payload)),
  );
}

/** JSON indented; an envelope with its statement read out below; anything else as text or in hex. */
function readable(payload: Uint8Array): string {
  const text = decodeUtf8(payload);
  if (!text.ok) return shorten(formatHex(payload.subarray(0, SHOWN_CHARACTERS_MAX)));
  try {
    const value: unknown = JSON.parse(text.value);
    return shorten(JSON.stringify(value, undefined, 2));
  } catch {
    return shorten(text.value);
  }
}

function shorten(text: string): string {
  if (text.length <= SHOWN_CHARACTERS_MAX) return text;
  return `${text.slice(0, SHOWN_CHARACTERS_MAX)}\n… and ${text.length - SHOWN_CHARACTERS_MAX} more characters`;
}
