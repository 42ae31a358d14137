import { invariant } from '../../core/fault.ts';
import { counted } from './count-words.ts';
import type { TimelineStep } from './timeline-strip.ts';

/** Steps that are drawn one by one; more are folded. */
const WHOLE_MAX = 48;
/** Fewer than this side by side stay as they are: a fold of two says less than the two. */
const FOLD_MIN = 3;
const STAGES_SHOWN_MAX = 6;

/** Lengths of an instant's beginning, `2026-11-22 21:48:11`, that are one time: an hour, a day, a month, a year. */
const TIMES = [13, 10, 7, 4] as const;

/**
 * The steps, with attestations next to each other that say nothing out of the ordinary folded into one step for each hour,
 * day, month or year, whichever first makes the drawing short. What failed, what people decided and what runs did is
 * never folded. Pure.
 */
export function foldSteps(steps: readonly TimelineStep[]): readonly TimelineStep[] {
  if (steps.length <= WHOLE_MAX) return steps;
  let folded = steps;
  for (const length of TIMES) {
    folded = foldBy(steps, length);
    if (folded.length <= WHOLE_MAX) break;
  }
  return folded;
}

function foldBy(steps: readonly TimelineStep[], length: number): readonly TimelineStep[] {
  const groups: TimelineStep[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const goesOn = last !== undefined && bothFold(last, step) && timeOf(last, length) === timeOf(step, length);
    if (group !== undefined && goesOn) group.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => (group.length < FOLD_MIN ? group : [foldOf(group)]));
}

function bothFold(a: TimelineStep, b: TimelineStep): boolean {
  return a.folds !== undefined && b.folds !== undefined && a.via === b.via;
}

function timeOf({ day, clock }: TimelineStep, length: number): string {
  return `${day} ${clock}`.slice(0, length);
}

function foldOf(group: readonly TimelineStep[]): TimelineStep {
  const [first, last] = [group[0], group.at(-1)];
  invariant(first !== undefined && last !== undefined, 'a fold holds steps');
  const { seq, day, clock, via } = first;
  const kinds = new Set(group.map(({ assurance }) => assurance));
  return {
    seq,
    day,
    clock,
    title: counted(group.length, 'attestation', 'attestations'),
    details: [stagesIn(group), `entries #${seq} to #${last.seq}`, `until ${last.day} ${last.clock} UTC`],
    ...(kinds.size === 1 && first.assurance !== undefined ? { assurance: first.assurance } : {}),
    mark: 'several',
    broken: false,
    ...(via === undefined ? {} : { via }),
  };
}

/** `lint ×3, unit-test and 4 other stages`. */
function stagesIn(group: readonly TimelineStep[]): string {
  const counts = new Map<string, number>();
  for (const { folds = '' } of group) counts.set(folds, (counts.get(folds) ?? 0) + 1);
  const names = [...counts].map(([stage, count]) => (count === 1 ? stage : `${stage} ×${count}`));
  const more = names.length - STAGES_SHOWN_MAX;
  const shown = names.slice(0, STAGES_SHOWN_MAX).join(', ');
  return more > 0 ? `${shown} and ${counted(more, 'other stage', 'other stages')}` : shown;
}
