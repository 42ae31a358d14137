import type { Check } from '../../../../core/custody/check.ts';
import { explainCheck } from '../../../../core/custody/explain-check.ts';
import { isWaivable } from '../../../../core/custody/waived-check.ts';
import { whoCanAct } from '../../../../core/custody/who-can-act.ts';

/** Something that stands against an image: in a sentence, who can do something about it, and what. */
export type Obstacle = {
  readonly check: Check;
  readonly sentence: string;
  readonly who: string;
  readonly how: string;
  /** Whether two people can waive it. */
  readonly waivable: boolean;
};

const PIN = 'Pin the log key that you were given, below; if you did, this is another log.';

/** What stands against an image, each once: first what two people can waive, which is the contract’s. */
export function obstaclesOf(checks: readonly Check[]): readonly Obstacle[] {
  const against = checks.filter(
    ({ outcome, reason }) => outcome === 'fail' || (outcome === 'not-run' && reason !== 'custody/blocked'),
  );
  const obstacles = new Map<string, Obstacle>();
  for (const check of against) {
    const { code, reason, contract, stage, rule } = check;
    const name = [code, reason, contract, stage, rule].join(' ');
    if (obstacles.has(name)) continue;
    const { who, how } = whoCanAct(check);
    const { text, advice } = explainCheck(check);
    const about = stage === undefined ? '' : `Stage ${stage}: `;
    obstacles.set(name, {
      check,
      sentence: about + text,
      who,
      how: code === 'origin' ? PIN : (advice ?? how),
      waivable: isWaivable(check),
    });
  }
  return [...obstacles.values()].sort((a, b) => Number(b.waivable) - Number(a.waivable));
}
