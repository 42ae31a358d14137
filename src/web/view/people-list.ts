import type { PersonBehind } from '../../core/custody/people-behind.ts';
import { element } from './element.ts';
import { entryLinks } from './entry-reference.ts';

/** What somebody did, by kind of entry; a kind without words is shown by its name. */
const ACTS: Readonly<Record<string, string>> = {
  'image.signed': 'had the image signed',
  'attestation.recorded': 'recorded attestations',
  'run.opened': 'opened runs',
  'run.closed': 'closed runs',
  'contract.published': 'published a contract',
  'contract.withdrawn': 'withdrew a contract',
  'waiver.requested': 'asked for a waiver',
  'waiver.approved': 'approved a waiver',
  'waiver.revoked': 'revoked a waiver',
  'image.released': 'released the image',
  'image.retired': 'retired the image',
};

/** Everybody who did something about the image, with what they did and the entries that say so. */
export function peopleTable(people: readonly PersonBehind[]): HTMLElement {
  const head = ['Person', 'as', 'with the role', 'did'].map((text) => element('th', { scope: 'col' }, text));
  return element(
    'table',
    { class: 'card table people' },
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...people.map(personRow)),
  );
}

function personRow({ person, principal, title, roles, acts }: PersonBehind): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, person ?? element('span', { class: 'quiet' }, 'not named')),
    element(
      'td',
      { 'data-label': 'as' },
      element('code', {}, principal),
      title !== undefined && element('div', { class: 'quiet small' }, title),
    ),
    element('td', { 'data-label': 'with the role' }, roles.join(', ') || 'none'),
    element(
      'td',
      { 'data-label': 'did' },
      ...acts.map(({ kind, seqs }) => element('div', {}, `${ACTS[kind] ?? kind}: `, ...entryLinks(seqs))),
    ),
  );
}
