import { hasPoint } from './code-points.ts';
import type { Pattern } from './parse-pattern.ts';

/**
 * Whether a pattern matches somewhere in a text. Every state that can be reached is followed at once, each at most once for
 * a code point, so that no text and no pattern makes it go back: its time is the product of the text's length and the
 * pattern's weight at most.
 */
export function matchPattern(pattern: Pattern, text: string): boolean {
  const { states, start } = pattern;
  const seenAt = new Array<number>(states.length).fill(-1);
  let current: number[] = [];
  for (let place = 0; place <= text.length; ) {
    // It may begin anywhere.
    const reached = reach([...current, start], pattern, { place, end: text.length, seenAt });
    if (reached.matched) return true;
    const point = text.codePointAt(place);
    if (point === undefined) return false;
    current = [];
    for (const index of reached.reading) {
      const state = states[index];
      if (state?.kind === 'read' && hasPoint(state.points, point)) current.push(state.next);
    }
    place += point > 0xffff ? 2 : 1;
  }
  return false;
}

type At = { readonly place: number; readonly end: number; readonly seenAt: number[] };

/** States that read, out of those that are reached from others without reading. */
function reach(from: readonly number[], { states }: Pattern, { place, end, seenAt }: At) {
  const waiting = [...from];
  const reading: number[] = [];
  let matched = false;
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seenAt[index] === place) continue;
    seenAt[index] = place;
    const state = states[index];
    if (state?.kind === 'match') matched = true;
    else if (state?.kind === 'read') reading.push(index);
    else if (state?.kind === 'fork') waiting.push(state.other, state.next);
    else if (state?.kind === 'begin' ? place === 0 : place === end) waiting.push(state?.next ?? 0);
  }
  return { reading, matched };
}
