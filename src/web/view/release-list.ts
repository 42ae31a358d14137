import type { Release, Retirement } from '../../core/custody/check-releases.ts';
import { changeWords } from '../../core/custody/release-words.ts';
import { SIGNED_FOR } from '../../core/custody/waiver-words.ts';
import { actWords } from './act-words.ts';
import { type Child, element } from './element.ts';
import { entryLink } from './entry-reference.ts';
import { icon, type Tone } from './icon.ts';

/** Shows the seq of a recorded verdict. */
type VerdictReference = (seq: number) => Child;

/**
 * Where the image was released, by environment: what changed since what was there before, and where it ended. The verdict that
 * a release rests on is no part of the evidence, so that a link to it leads somewhere only where every entry is to be had.
 */
export function releaseList(
  releases: readonly Release[],
  retirements: readonly Retirement[],
  verdictReference: VerdictReference = (seq) => `#${seq}`,
): HTMLElement {
  const environments = new Set([...releases, ...retirements].map(({ environment = '' }) => environment));
  const everywhere = retirements.some(({ environment }) => environment === undefined);
  return element(
    'div',
    {},
    // What ends everywhere has no environment, and stands last.
    ...[...environments]
      .sort((a, b) => (a === '' || (b !== '' && a > b) ? 1 : -1))
      .map((environment) => {
        const own = releases.filter((release) => release.environment === environment);
        const ended = retirements.filter((retirement) => (retirement.environment ?? '') === environment);
        const lines = own.map((release) => releaseLine(release, verdictReference));
        return environmentCard(environment, lines, ended, everywhere);
      }),
  );
}

function environmentCard(
  environment: string,
  releases: readonly Step[],
  retirements: readonly Retirement[],
  isRetiredEverywhere: boolean,
): HTMLElement {
  const steps = [...releases, ...retirements.map(retirementLine)].sort((a, b) => a.seq - b.seq);
  const last = steps.at(-1);
  const state =
    environment === '' ? 'retired' : isRetiredEverywhere || last?.ends === true ? 'retired there' : 'released there';
  return element(
    'article',
    { class: 'contract card' },
    element(
      'header',
      {},
      element('h3', {}, environment === '' ? 'Everywhere' : environment),
      element('p', { class: 'quiet small' }, state),
    ),
    element('ul', { class: 'stages releases' }, ...steps.map(({ line }) => line)),
  );
}

type Step = { readonly seq: number; readonly ends: boolean; readonly line: HTMLElement };

function releaseLine(release: Release, verdictReference: VerdictReference): Step {
  const { seq, verdict, previous, changes } = release;
  const words = changes === undefined ? [] : changeWords(changes);
  const since =
    previous === undefined
      ? ['The first release there.']
      : [
          'What changed since ',
          element('code', {}, previous.digest),
          ', released there at entry ',
          entryLink(previous.seq),
          ':',
        ];
  const line = stepLine(
    'pass',
    'Released',
    [' · entry ', entryLink(seq), ', on the verdict recorded at entry ', verdictReference(verdict)],
    `${actWords(release)}, ${SIGNED_FOR}`,
    element('div', { class: 'small' }, ...since),
    previous !== undefined &&
      element(
        'ul',
        { class: 'small changes' },
        ...(words.length === 0 ? ['Nothing that was recorded differs in kind.'] : words).map((text) =>
          element('li', {}, text),
        ),
      ),
  );
  return { seq, ends: false, line };
}

function retirementLine(retirement: Retirement): Step {
  const { environment, seq } = retirement;
  const title = environment === undefined ? 'Retired everywhere' : 'Retired';
  const tone = environment === undefined ? 'fail' : 'warn';
  const line = stepLine(tone, title, [' · entry ', entryLink(seq)], `${actWords(retirement)}, ${SIGNED_FOR}`);
  return { seq, ends: true, line };
}

function stepLine(
  tone: Tone,
  title: string,
  beside: readonly Child[],
  who: string,
  ...more: readonly Child[]
): HTMLElement {
  return element(
    'li',
    {},
    icon(tone),
    element(
      'div',
      {},
      element('div', {}, element('b', {}, title), element('span', { class: 'quiet' }, ...beside)),
      element('div', { class: 'quiet small' }, who),
      ...more,
    ),
  );
}
