import type { Command } from 'commander';
import { Option } from 'commander';
import { type AsOf, VIEWS, type View } from '../core/custody/as-of.ts';
import type { Evidence } from '../core/custody/evidence.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { EXIT } from './exit-codes.ts';
import { readPlaceInLog } from './place-in-log.ts';
import { Stop, stop } from './stop.ts';

export type PastOptions = { readonly asOf?: string; readonly view?: View };

/** The past state that a reader asks about: by its size or by a time, in the spelling of the service. */
export type AskedPast = { readonly place: string; readonly view: View };

/** Options of questions about the past. */
export function withPastOptions(command: Command): Command {
  return command
    .option(
      '--as-of <time|size>',
      'as of a past state: the newest that is not after a time, or that of so many entries',
    )
    .addOption(
      new Option(
        '--view <view>',
        'of a past state: by what was known "then" (default), or by keys, roles and contracts known "now"',
      ).choices([...VIEWS]),
    );
}

/** What the options ask, undefined where nothing of the past. Stops with `cli/bad-argument`. */
export function askedPast({ asOf, view }: PastOptions): AskedPast | undefined {
  if (asOf !== undefined) return { place: readPlaceInLog('as-of', asOf, 'size'), view: view ?? 'then' };
  if (view === undefined) return undefined;
  throw stop(EXIT.usage, 'cli/bad-argument', '--view goes with --as-of.');
}

/**
 * The question about the past that evidence must answer. By a time, the size is what the evidence says;
 * {@link requireNotAfter} holds it to the time.
 */
export function demandedState(asked: AskedPast, evidence: Evidence): AsOf {
  const size = asked.place.includes('T') ? (evidence.question.asOf?.size ?? 1) : Number(asked.place);
  return { size, view: asked.view };
}

/** The state shown must not be after the time that was asked for. Stops with `custody/wrong-question`. */
export function requireNotAfter(asked: AskedPast | undefined, { asOf }: CustodyResult): void {
  if (asked === undefined || !asked.place.includes('T') || asOf?.time === undefined || asOf.time <= asked.place) return;
  const message = `What is shown is the state of ${asOf.time}, and ${asked.place} was asked for.`;
  throw new Stop(EXIT.integrity, { code: 'custody/wrong-question', message });
}
