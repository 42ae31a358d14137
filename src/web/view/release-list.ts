import type { Release, Retirement } from '../../core/custody/check-releases.ts';
import { changeWords } from '../../core/custody/release-words.ts';
import { SIGNED_FOR } from '../../core/custody/waiver-words.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';

/** Where the image was released, what changed since what was there before, and where it ended. */
export function releaseList(releases: readonly Release[], retirements: readonly Retirement[]): HTMLElement {
  const lines = [...releases.map(releaseLine), ...retirements.map(retirementLine)];
  return element('article', { class: 'contract card' }, element('ul', { class: 'stages releases' }, ...lines));
}

function releaseLine({ environment, time, principal, person, seq, verdict, previous, changes }: Release): HTMLElement {
  const words = changes === undefined ? [] : changeWords(changes);
  return element(
    'li',
    {},
    icon('pass', 'released'),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, `Released to ${environment}`),
        element('span', { class: 'quiet' }, ` · entry #${seq}, on the verdict of entry #${verdict}`),
      ),
      element('div', { class: 'quiet small' }, signedFor(principal, person, time)),
      element(
        'div',
        { class: 'small' },
        previous === undefined
          ? 'The first release there.'
          : `What changed since ${previous.digest}, released there at entry #${previous.seq}:`,
      ),
      previous !== undefined &&
        element(
          'ul',
          { class: 'small changes' },
          ...(words.length === 0 ? ['Nothing that was recorded differs in kind.'] : words).map((line) =>
            element('li', {}, line),
          ),
        ),
    ),
  );
}

function retirementLine({ environment, time, principal, person, seq }: Retirement): HTMLElement {
  return element(
    'li',
    {},
    icon(environment === undefined ? 'fail' : 'warn', 'retired'),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, environment === undefined ? 'Retired everywhere' : `Retired in ${environment}`),
        element('span', { class: 'quiet' }, ` · entry #${seq}`),
      ),
      element('div', { class: 'quiet small' }, signedFor(principal, person, time)),
    ),
  );
}

function signedFor(principal: string, person: string | undefined, time: string): string {
  const who = person === undefined || person === principal ? principal : `${principal} (${person})`;
  return `by ${who} on ${time}, ${SIGNED_FOR}`;
}
