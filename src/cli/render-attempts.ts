import type { CommitAttempt } from '../core/custody/check-runs.ts';
import { plain, table } from './layout-text.ts';

/** Every attempt at the commits that an image comes from, as lines; none where it comes from no run. */
export function attemptLines(attempts: readonly CommitAttempt[]): readonly string[] {
  if (attempts.length === 0) return [];
  const rows = attempts.map(({ commit, number, run, outcome, opened, ended, ...attempt }) =>
    [commit.slice(0, 12), String(number), outcome, opened, ended ?? '', run, remarkOf(attempt)].map(plain),
  );
  const text = table(['COMMIT', 'ATTEMPT', 'OUTCOME', 'OPENED', 'ENDED', 'RUN', ''], rows);
  return ['', ...text.split('\n').map((line) => `  ${line}`)];
}

function remarkOf({ ofImage, promotedFrom }: Pick<CommitAttempt, 'ofImage' | 'promotedFrom'>): string {
  const words = [ofImage ? 'of this image' : undefined, promotedFrom === undefined ? undefined : `in ${promotedFrom}`];
  return words.filter((word) => word !== undefined).join(', ');
}
