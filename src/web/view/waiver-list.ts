import type { Act } from '../../core/custody/act.ts';
import type { Waiver } from '../../core/custody/check-waivers.ts';
import { REASONS } from '../../core/custody/reasons.ts';
import { SIGNED_FOR, waiverWords } from '../../core/custody/waiver-words.ts';
import { actWords } from './act-words.ts';
import { type Child, element } from './element.ts';
import { entryLink } from './entry-reference.ts';
import { icon } from './icon.ts';
import { plainTime } from './plain-time.ts';
import { headlineTone } from './verdict-words.ts';

/** Every waiver that was asked for about the image, in force or not; glass that somebody broke stays in sight for ever. */
export function waiverList(waivers: readonly Waiver[]): HTMLElement {
  return element('ul', { class: 'waivers' }, ...waivers.map(waiverCard));
}

function waiverCard(waiver: Waiver): HTMLElement {
  const { tone, title } = waiverWords(waiver);
  const { contract, check, stage, rule, expires, requested, approved, revoked, reason, fault } = waiver;
  return element(
    'li',
    { class: 'card waiver' },
    icon(headlineTone(tone)),
    element(
      'div',
      {},
      element('h3', {}, title),
      fault !== undefined &&
        element('p', { class: 'small' }, `${REASONS[fault]?.text ?? 'It does not hold.'} `, element('code', {}, fault)),
      element(
        'dl',
        { class: 'pairs' },
        ...pair('Exempts', [stage, rule].filter((part) => part !== undefined).join(', ') || 'the image as a whole'),
        ...pair('from', element('code', {}, check), ` of contract ${contract}`),
        ...pair('Because', reason === undefined ? 'the reason is not shown' : element('q', {}, reason)),
        ...pair('Asked for', ...actor(requested)),
        ...pair('Approved', ...(approved === undefined ? ['by nobody'] : actor(approved))),
        ...(revoked === undefined ? [] : pair('Revoked', ...actor(revoked))),
        ...pair('Until', plainTime(expires)),
      ),
      element('p', { class: 'quiet small' }, `Each act was ${SIGNED_FOR}. `, element('code', {}, waiver.waiver)),
    ),
  );
}

function actor(act: Act): readonly Child[] {
  return [`${actWords(act)}, entry `, entryLink(act.seq)];
}

function pair(name: string, ...value: readonly Child[]): readonly HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, ...value)];
}
