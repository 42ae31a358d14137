import type { RunClosed } from '../../entry/kinds/run-closed.ts';
import type { RunOpened } from '../../entry/kinds/run-opened.ts';
import { placeIn, type Table, together } from '../table.ts';

/**
 * How runs began and ended: each attempt at a commit is a run, and has a row when it is opened and another one when it is
 * closed or expires. `entry_of_commit` is over 1 where something about the commit had been recorded before.
 */
export const runs: Table = {
  name: 'runs',
  kinds: ['run.opened', 'run.closed', 'run.expired'],
  columns: [
    'run',
    'repository',
    'commit',
    'outcome',
    'expires',
    'contracts',
    'stages',
    'entry_of_run',
    'entry_of_commit',
  ],
  cells: ({ entry }) => {
    const { run, repository, kind } = entry;
    const { commit, outcome } = entry.body as RunClosed;
    const opened = kind === 'run.opened' ? (entry.body as RunOpened) : undefined;
    const ended = kind === 'run.closed' ? outcome : 'expired';
    return {
      run,
      repository,
      commit,
      outcome: opened === undefined ? ended : undefined,
      expires: opened?.expires,
      contracts: together(opened?.contracts.map(({ contract, version }) => `${contract}@${version}`)),
      stages: together(opened?.stages),
      entry_of_run: placeIn(entry, 'run'),
      entry_of_commit: placeIn(entry, 'source'),
    };
  },
};
