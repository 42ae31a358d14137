import type { Cli } from '../../cli/cli.ts';
import type { ExitCode } from '../../cli/exit-codes.ts';
import type { Interruption } from '../interruption.ts';
import { exitOf, roundJson, type Took, tellRound } from './render-round.ts';
import { joinRounds, type Round } from './round.ts';

/** Rounds of one monitor, and what is told of them. */
export type Rounds = {
  readonly next: () => Promise<Round>;
  readonly replayed: () => number;
  readonly origin: () => string | undefined;
  readonly interruption: Interruption;
};

/** Rounds until everything under one checkpoint is replayed, or something is in the way; told as one. */
export async function catchUpOnce(cli: Cli, rounds: Rounds): Promise<ExitCode> {
  const watch = startWatch(rounds);
  let whole = await rounds.next();
  while (whole.goesOn && !rounds.interruption.isThere()) whole = joinRounds(whole, await rounds.next());
  tellRound(cli, whole, 'only', watch(), rounds.origin());
  return exitOf(whole);
}

/** Rounds until the process is to stop: at once where one goes on, else `intervalMs` after the last beginning. */
export async function followOn(cli: Cli, rounds: Rounds, intervalMs: number): Promise<ExitCode> {
  for (let isFirst = true; ; ) {
    const begun = performance.now();
    const watch = startWatch(rounds);
    const round = await rounds.next();
    if (!cli.print.json) tellRound(cli, round, isFirst ? 'first' : 'later', watch(), rounds.origin());
    else if (round.raised.length + round.cleared.length > 0)
      cli.world.write(`${JSON.stringify(roundJson(round, watch(), rounds.origin()))}\n`);
    if (rounds.interruption.isThere()) return exitOf(round);
    if (round.goesOn) continue;
    isFirst = false;
    await restUntil(rounds.interruption, intervalMs - (performance.now() - begun));
    if (rounds.interruption.isThere()) return exitOf(round);
  }
}

function startWatch(rounds: Rounds): () => Took {
  const begun = performance.now();
  const before = rounds.replayed();
  return () => ({ seconds: (performance.now() - begun) / 1000, entries: rounds.replayed() - before });
}

async function restUntil(interruption: Interruption, ms: number): Promise<void> {
  if (ms <= 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, interruption.came]);
  clearTimeout(timer);
}
