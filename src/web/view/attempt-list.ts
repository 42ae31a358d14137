import type { CommitAttempt } from '../../core/custody/check-runs.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';

const STATES = { succeeded: 'pass', failed: 'fail', cancelled: 'fail', expired: 'fail', open: 'neutral' } as const;
const WORDS = {
  succeeded: 'closed as succeeded',
  failed: 'closed as failed',
  cancelled: 'cancelled',
  expired: 'never closed: expired',
  open: 'still open',
} as const;

/** Every run of the commits that an image comes from, in the order in which they were opened. */
export function attemptList(attempts: readonly CommitAttempt[]): HTMLElement {
  const lines = element('ul', { class: 'stages attempts' }, ...attempts.map(attemptLine));
  return element('article', { class: 'contract card' }, lines);
}

function attemptLine(attempt: CommitAttempt): HTMLElement {
  const { commit, number, run, outcome, opened, ended, openedBy, ofImage, promotedFrom } = attempt;
  const where = promotedFrom === undefined ? '' : ` · in ${promotedFrom}`;
  const when = `opened ${inWords(opened)} by ${openedBy}${ended === undefined ? '' : ` · ended ${inWords(ended)}`}`;
  return element(
    'li',
    {},
    icon(STATES[outcome], WORDS[outcome]),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, `Attempt ${number}`),
        element('span', { class: 'quiet' }, ` · ${WORDS[outcome]}${ofImage ? ' · a run of this image' : ''}`),
      ),
      element('div', { class: 'quiet small' }, `commit ${commit.slice(0, 12)}${where} · ${when} · ${run}`),
    ),
  );
}

/** RFC 3339 in UTC, to the second. */
function inWords(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}
