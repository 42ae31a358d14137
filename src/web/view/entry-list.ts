import { isInView } from '../../core/custody/as-of.ts';
import type { Evidence, EvidenceEntry } from '../../core/custody/evidence.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { imageKey } from '../../core/entry/keys.ts';
import { counted, grouped } from './count-words.ts';
import { element } from './element.ts';
import { entryFilter } from './entry-filter.ts';
import { entryText, signedText } from './entry-text.ts';
import { plainTime } from './plain-time.ts';

/** Up to so many entries a group stands open from the start. */
const OPEN_MAX = 60;

/** What entries are about, in the order of the page: an entry stands in the first group that it belongs to. */
const GROUPS: readonly { readonly title: string; readonly has: (keys: readonly string[], image: string) => boolean }[] =
  [
    { title: 'Of this image', has: (keys, image) => keys.includes(image) },
    {
      title: 'Of other images, runs and commits',
      has: (keys) => keys.some((key) => /^(?:image|run|source|release):/.test(key)),
    },
    { title: 'Contracts', has: (keys) => keys.some((key) => /^(?:contract|coverage):/.test(key)) },
    { title: 'Keys, people and the log', has: () => true },
  ];

/** Every entry of the evidence as it is, by what it is about, unfolded on demand, and found by a word that stands in it. */
export function entryList(evidence: Evidence): HTMLElement {
  const payloads = new Map(evidence.payloads.map((payload) => [payload.seq, payload.bytes]));
  const groups = GROUPS.map(({ title }) => ({ title, lines: [] as HTMLDetailsElement[] }));
  for (const one of evidence.entries) {
    const keys = one.entry.keys.map(({ key }) => key);
    const place = GROUPS.findIndex(({ has }) => has(keys, imageKey(evidence.question.subject)));
    groups[place]?.lines.push(entryLine(one, evidence, payloads.get(one.entry.seq)));
  }
  const shown = groups.filter(({ lines }) => lines.length > 0);
  const open = evidence.entries.length <= OPEN_MAX;
  const cards = shown.map(({ title, lines }) => groupCard(title, lines, open));
  return element('div', { class: 'entries' }, entryFilter(cards), ...cards);
}

function groupCard(title: string, lines: readonly HTMLElement[], open: boolean): HTMLDetailsElement {
  return element(
    'details',
    { class: 'group card', open },
    element(
      'summary',
      {},
      element('div', {}, element('h3', {}, title)),
      element('span', { class: 'count' }, counted(lines.length, 'entry', 'entries')),
    ),
    element('div', { class: 'lines' }, ...lines),
  );
}

function entryLine(
  { entry, hash }: EvidenceEntry,
  { question }: Evidence,
  payload: Uint8Array | undefined,
): HTMLDetailsElement {
  const { seq, time, kind, stage, principal, repository } = entry;
  const elsewhere = repository !== undefined && repository !== question.repository;
  const line = element(
    'details',
    { class: 'entry', id: `entry-${seq}` },
    element(
      'summary',
      {},
      element('span', { class: 'seq' }, `#${seq}`),
      element('span', { class: 'time quiet' }, plainTime(time)),
      element(
        'span',
        { class: 'what' },
        kind,
        stage !== undefined && element('span', { class: 'quiet' }, ` · ${stage}`),
        elsewhere && element('span', { class: 'quiet' }, ` · of ${repository}`),
        !isInView(entry, question.asOf) &&
          element('span', { class: 'quiet' }, ' · later than what is asked about, not looked at'),
      ),
      element('span', { class: 'who quiet' }, principal),
    ),
  );
  line.addEventListener('toggle', () => {
    if (line.open && line.childElementCount === 1) line.append(raw(entry, formatHex(hash), payload));
  });
  return line;
}

function raw(entry: unknown, hash: string, payload: Uint8Array | undefined): HTMLElement {
  const signed = payload === undefined ? undefined : signedText(payload);
  return element(
    'div',
    { class: 'raw' },
    element('h4', {}, 'Entry'),
    element('pre', { tabindex: 0 }, JSON.stringify(entry, undefined, 2)),
    element('h4', {}, 'Hash, as the next entry names it'),
    element('pre', { tabindex: 0 }, hash),
    signed !== undefined && element('h4', {}, `What its envelope signs, ${signed.type}`),
    signed !== undefined && element('pre', { tabindex: 0 }, signed.text),
    payload !== undefined && element('h4', {}, `Payload, ${grouped(payload.length)} bytes`),
    payload !== undefined && element('pre', { tabindex: 0 }, entryText(payload)),
  );
}
