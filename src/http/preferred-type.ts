/** A range of media types with its weight, as a request names it. */
type Range = { readonly type: string; readonly weight: number };

/** Longest header that is looked at; what is longer is taken for none. */
const ACCEPT_CHARACTERS_MAX = 1_024;

/**
 * The media type out of `offered` (the default first) that a caller would rather have: that of the greatest weight, where
 * the most particular range that fits says the weight, and the earlier one among equals. Where nothing fits, the default:
 * a caller who did not mean it can still read it, and `Accept` is no more than a wish. Source: RFC 9110 section 12.5.1.
 */
export function preferredType<Type extends string>(
  accept: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type {
  const [first] = offered;
  if (accept === undefined || accept.length > ACCEPT_CHARACTERS_MAX) return first;
  const ranges = accept.toLowerCase().split(',').map(readRange);
  let best: { readonly type: Type; readonly weight: number } = { type: first, weight: 0 };
  for (const type of offered) {
    const weight = weightOf(type, ranges);
    if (weight > best.weight) best = { type, weight };
  }
  return best.type;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
}

function weightOf(type: string, ranges: readonly Range[]): number {
  const group = `${type.split('/')[0]}/*`;
  for (const particular of [type, group, '*/*']) {
    const found = ranges.find((range) => range.type === particular);
    if (found !== undefined) return found.weight;
  }
  return 0;
}
