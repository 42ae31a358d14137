import { element } from './element.ts';

/** A link to an entry of the same page: `#12`. */
export function entryLink(seq: number, text = `#${seq}`): HTMLElement {
  return element('a', { class: 'ref', href: `#entry-${seq}` }, text);
}

/** Links to entries, neighbours together: `#7 to #12, #14`. Ascending, each once. */
export function entryLinks(seqs: readonly number[]): readonly (HTMLElement | string)[] {
  return rangesOf(seqs).flatMap(([first, last], index) => [
    ...(index === 0 ? [] : [', ']),
    entryLink(first),
    ...(last === first ? [] : [last === first + 1 ? ', ' : ' to ', entryLink(last)]),
  ]);
}

/** Neighbouring numbers as `[first, last]`. */
function rangesOf(seqs: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const seq of [...new Set(seqs)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}
