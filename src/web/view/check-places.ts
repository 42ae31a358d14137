import type { Check } from '../../core/custody/check.ts';
import { type Child, element } from './element.ts';
import { entryLinks } from './entry-reference.ts';
import { shortDigest } from './short-digest.ts';

/** So many lines of places stand open; more are folded. */
const OPEN_MAX = 2;

/** What checks of one kind are about: the entries together, then whatever else each names. */
export function checkPlaces(checks: readonly Check[]): HTMLElement | false {
  const bySubject = new Map<string, number[]>();
  for (const check of checks) {
    const name = subjectOf(check);
    const seqs = bySubject.get(name) ?? [];
    bySubject.set(name, seqs);
    if (check.seq !== undefined) seqs.push(check.seq);
  }
  const lines = [...bySubject].flatMap(([subject, seqs]): readonly (readonly Child[])[] => {
    const entries: readonly Child[] =
      seqs.length === 0 ? [] : [seqs.length === 1 ? 'entry ' : 'entries ', ...entryLinks(seqs)];
    if (subject === '') return seqs.length === 0 ? [] : [entries];
    return [seqs.length === 0 ? [subject] : [...entries, ` · ${subject}`]];
  });
  if (lines.length === 0) return false;
  const list = element('ul', { class: 'places' }, ...lines.map((line) => element('li', {}, ...line)));
  if (lines.length <= OPEN_MAX) return list;
  return element('details', {}, element('summary', {}, `${lines.length} places`), list);
}

/** Which stage, rule or limit a check of a contract is about, as the beginning of a sentence; empty where it is about none. */
export function placeWords({ code, stage, detail }: Check): string {
  const what = { 'contract/rule': 'rule', 'contract/limits': 'limit' }[code as string];
  const parts = [
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(what === undefined || detail === undefined ? [] : [`${what} ${detail}`]),
  ].join(', ');
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}`;
}

/** Everything that a check is about but its entry. */
function subjectOf({ key, contract, stage, rule, waiver, detail }: Check): string {
  const parts = [
    key === undefined ? undefined : `list ${shortDigest(key)}`,
    contract === undefined ? undefined : `contract ${contract}`,
    stage === undefined ? undefined : `stage ${stage}`,
    rule === undefined ? undefined : `rule ${rule}`,
    waiver === undefined ? undefined : `waiver ${waiver}`,
    detail === undefined ? undefined : shortDigest(detail),
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
