import type { CommitAttempt } from '../../core/custody/check-runs.ts';
import { element } from './element.ts';
import { entryLink } from './entry-reference.ts';
import { icon } from './icon.ts';
import { plainTime } from './plain-time.ts';

const STATES = { succeeded: 'pass', failed: 'fail', cancelled: 'fail', expired: 'fail', open: 'neutral' } as const;
const WORDS = {
  succeeded: 'closed as succeeded',
  failed: 'closed as failed',
  cancelled: 'cancelled',
  expired: 'never closed: expired',
  open: 'still open',
} as const;

/** Every run of the commits that an image comes from, by commit, in the order in which they were opened. */
export function attemptList(attempts: readonly CommitAttempt[]): HTMLElement {
  const commits = new Map<string, CommitAttempt[]>();
  for (const attempt of attempts) {
    const { commit, promotedFrom = '' } = attempt;
    const place = `${promotedFrom} ${commit}`;
    commits.set(place, [...(commits.get(place) ?? []), attempt]);
  }
  return element('div', {}, ...[...commits.values()].map(commitCard));
}

function commitCard(attempts: readonly CommitAttempt[]): HTMLElement {
  const { commit = '', promotedFrom } = attempts[0] ?? {};
  const well = attempts.filter(({ outcome }) => outcome === 'succeeded').length;
  const others = attempts.length - well;
  return element(
    'article',
    { class: 'contract card' },
    element(
      'header',
      {},
      element('h3', {}, 'Commit ', element('code', {}, commit)),
      element(
        'p',
        { class: 'quiet small' },
        `${promotedFrom === undefined ? '' : `in ${promotedFrom} · `}${well} succeeded, ${others} did not`,
      ),
    ),
    element('ul', { class: 'stages attempts' }, ...attempts.map(attemptLine)),
  );
}

function attemptLine(attempt: CommitAttempt): HTMLElement {
  const { number, run, outcome, opened, openedBy, openedSeq, ended, endedBy, endedSeq, ofImage } = attempt;
  return element(
    'li',
    {},
    icon(STATES[outcome]),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, `Attempt ${number}`),
        element('span', { class: 'quiet' }, ` · ${WORDS[outcome]}${ofImage ? ' · a run of this image' : ''}`),
      ),
      element(
        'div',
        { class: 'quiet small' },
        `opened ${plainTime(opened)} by ${openedBy}, entry `,
        entryLink(openedSeq),
        ended !== undefined && endedSeq !== undefined && ` · ended ${plainTime(ended)} by ${endedBy}, entry `,
        endedSeq !== undefined && entryLink(endedSeq),
        ' · ',
        element('code', {}, run),
      ),
    ),
  );
}
