import type { Check } from '../../../../core/custody/check.ts';
import { explainCheck } from '../../../../core/custody/explain-check.ts';
import type { CustodyResult } from '../../../../core/custody/verify-custody.ts';
import { isWaivable, ruleOf } from '../../../../core/custody/waived-check.ts';
import { whoCanAct } from '../../../../core/custody/who-can-act.ts';
import { placeWords } from '../../../view/check-places.ts';

/** Something that stands against an image: in a sentence, who can do something about it, and what. */
export type Obstacle = {
  readonly check: Check;
  readonly sentence: string;
  /** Absent where none would help: of what contracts ask of an image that was retired everywhere. */
  readonly remedy?: { readonly who: string; readonly how: string };
  /** Whether two people can waive it. */
  readonly waivable: boolean;
};

const PIN = 'Pin the log key that you were given, below; if you did, this is another log.';

/** What stands against an image, each once: first that it was retired; then what two people can waive. */
export function obstaclesOf({
  checks,
  retirements,
}: Pick<CustodyResult, 'checks' | 'retirements'>): readonly Obstacle[] {
  const against = checks.filter(
    ({ outcome, reason }) => outcome === 'fail' || (outcome === 'not-run' && reason !== 'custody/blocked'),
  );
  const isOver = retirements.some(({ environment }) => environment === undefined);
  const obstacles = new Map<string, Obstacle>();
  for (const check of against) {
    const { code, reason, contract, stage, rule = ruleOf(check) } = check;
    const name = [code, reason, contract, stage, rule].join(' ');
    if (obstacles.has(name)) continue;
    const { text } = explainCheck(check);
    const waivable = isWaivable(check);
    obstacles.set(name, {
      check,
      sentence: sentenceOf(check, text),
      ...(waivable && isOver ? {} : { remedy: remedyOf(check) }),
      waivable: waivable && !isOver,
    });
  }
  return [...obstacles.values()].sort((a, b) => rank(a) - rank(b));
}

function remedyOf(check: Check): NonNullable<Obstacle['remedy']> {
  const { who, how } = whoCanAct(check);
  return { who, how: check.code === 'origin' ? PIN : (explainCheck(check).advice ?? how) };
}

function rank({ check, waivable }: Obstacle): number {
  if (check.code === 'image/retired') return 0;
  return waivable ? 1 : 2;
}

/** A rule by its name, since a stage may have several: `Stage scan: rule nothing-critical does not hold.` */
export function sentenceOf(check: Check, text: string): string {
  const place = placeWords(check);
  if (place === '') return text;
  if (check.reason !== 'contract/rule-violated') return `${place}: ${text}`;
  const { stage, detail } = check;
  return stage === undefined ? `Rule ${detail} does not hold.` : `Stage ${stage}: rule ${detail} does not hold.`;
}
