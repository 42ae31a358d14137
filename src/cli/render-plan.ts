import { explainCheck } from '../core/custody/explain-check.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Verdict } from '../core/entry/kinds/verdict-recorded.ts';
import { outcomeText } from './cases/compare-case.ts';
import { plain } from './layout-text.ts';
import type { Plan, PlannedImage } from './plan-contract.ts';

/**
 * What a proposal does to an image: `breaks` where a gate that says yes would say no, `heals` the other way round, and
 * `fails-more` where it fails already and would for more reasons.
 */
type Effect = 'breaks' | 'heals' | 'otherwise' | 'fails-more' | 'same';

export function effectOf({ before, after, broken }: Pick<PlannedImage, 'before' | 'after' | 'broken'>): Effect {
  if (before === after) return broken.length > 0 ? 'fails-more' : 'same';
  if (isYes(before) === isYes(after)) return 'otherwise';
  return isYes(before) ? 'breaks' : 'heals';
}

function isYes(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'waived';
}

/** The plan for programs: how many images go from what to what, and each that does not stay as it is or would fail for more reasons. */
export function planJson({ since, judged, notJudged, isCut }: Plan): { readonly [member: string]: Json } {
  return {
    since,
    images: judged.length,
    cut: isCut,
    verdicts: turnsOf(judged).map(({ before, after, images }) => ({ before, after, images })),
    affected: judged
      .filter((image) => effectOf(image) !== 'same')
      .map((image) => ({ ...image, effect: effectOf(image), broken: image.broken.map((check) => ({ ...check })) })),
    notJudged: notJudged.map((image) => ({ ...image })),
  };
}

/** The plan for people: numbers first, then every image that would be judged otherwise or for more reasons, with these. */
export function planLines(plan: Plan): readonly string[] {
  const { judged, notJudged, since, isCut } = plan;
  const affected = judged.filter((image) => effectOf(image) !== 'same');
  const broken = affected.filter((image) => effectOf(image) === 'breaks');
  const others = affected.filter((image) => ['heals', 'otherwise'].includes(effectOf(image)));
  const failingMore = judged.filter((image) => effectOf(image) === 'fails-more');
  return [
    `${judged.length} image${judged.length === 1 ? '' : 's'} signed since ${since}, each judged here from its evidence${isCut ? '; there are more, see --max-images' : ''}`,
    ...turnsOf(judged).map(turnLine),
    ...(broken.length === 0 ? [] : ['', 'WOULD PASS NO MORE:', ...broken.flatMap(imageLines)]),
    ...(others.length === 0 ? [] : ['', 'would be judged otherwise:', ...others.flatMap(imageLines)]),
    ...(failingMore.length === 0
      ? []
      : ['', 'fail already, and would for more reasons:', ...failingMore.flatMap(imageLines)]),
    ...(notJudged.length === 0 ? [] : ['', 'not judged, since the service refused their evidence:']),
    ...notJudged.map(({ repository, digest, code }) => plain(`  ${repository}@${digest} (${code})`)),
  ];
}

type Turn = { readonly before: Verdict; readonly after: Verdict; readonly images: number };

/** How many images go from one verdict to another; those that stay come last. */
function turnsOf(judged: readonly PlannedImage[]): readonly Turn[] {
  const order: readonly Effect[] = ['breaks', 'heals', 'otherwise', 'same'];
  const groups = Map.groupBy(judged, ({ before, after }) => `${before} ${after}`);
  return [...groups.values()]
    .flatMap((images): readonly Turn[] => {
      const [first] = images;
      return first === undefined ? [] : [{ before: first.before, after: first.after, images: images.length }];
    })
    .sort((a, b) => order.indexOf(effectOfTurn(a)) - order.indexOf(effectOfTurn(b)) || b.images - a.images);
}

function effectOfTurn({ before, after }: Turn): Effect {
  return effectOf({ before, after, broken: [] });
}

function turnLine({ before, after, images }: Turn): string {
  const number = String(images).padStart(6);
  return before === after ? `${number}  ${before}, as now` : `${number}  ${before} → ${after}`;
}

function imageLines({ repository, digest, signedAt, before, after, broken }: PlannedImage): readonly string[] {
  return [
    plain(`  ${repository}@${digest}`),
    `      signed ${plain(signedAt)}; ${before} → ${after}`,
    ...broken.map((check) => plain(`      ${outcomeText(check)}: ${explainCheck(check).text}`)),
  ];
}
