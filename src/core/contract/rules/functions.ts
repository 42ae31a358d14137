import type { Meter } from './meter.ts';
import { checkedInt } from './operators.ts';
import { ERROR, isList, isMap, listSize, type Outcome, TOO_COSTLY, type Value } from './values.ts';

/** What a function makes of its arguments, the value that it is called on first. */
export type RuleFunction = (values: readonly Value[], meter: Meter) => Outcome;

/** Functions that are called on a value, by name and number of further arguments. `matches` is not among them: its pattern is read once. */
export const METHODS: Readonly<Record<string, RuleFunction>> = {
  'size/0': size,
  'startsWith/1': onTexts((text, part) => text.startsWith(part)),
  'endsWith/1': onTexts((text, part) => text.endsWith(part)),
  'contains/1': onTexts(holdsText),
  'lowerAscii/0': ([text], meter) => {
    if (typeof text !== 'string') return ERROR;
    if (!meter.spendCharacters(text.length)) return TOO_COSTLY;
    return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  },
};

/** Functions that stand alone, by name and number of arguments. */
export const FUNCTIONS: Readonly<Record<string, RuleFunction>> = {
  'size/1': size,
  'int/1': ([value]) => toInt(value),
  'double/1': ([value]) => toDouble(value),
  'string/1': ([value]) => {
    if (typeof value === 'string') return value;
    return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : ERROR;
  },
};

/** Code points of a text, elements of a list, members of a map. */
function size([value = null]: readonly Value[], meter: Meter): Outcome {
  if (typeof value === 'string') {
    if (!meter.spendCharacters(value.length)) return TOO_COSTLY;
    let points = 0;
    for (const _ of value) points += 1;
    return BigInt(points);
  }
  if (isList(value)) return BigInt(listSize(value));
  if (!isMap(value)) return ERROR;
  const names = Object.keys(value).length;
  return meter.spend(names) ? BigInt(names) : TOO_COSTLY;
}

function onTexts(test: (text: string, part: string) => boolean): RuleFunction {
  return ([text, part], meter) => {
    if (typeof text !== 'string' || typeof part !== 'string') return ERROR;
    return meter.spendCharacters(text.length + part.length) ? test(text, part) : TOO_COSTLY;
  };
}

/**
 * Whether a text holds another: Knuth, Morris and Pratt's way, whose time is the sum of both lengths whatever they are.
 * The engine's own search may take their product.
 */
function holdsText(text: string, part: string): boolean {
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = 0; matched < part.length && at < text.length; at += 1) {
    while (matched > 0 && text.charCodeAt(at) !== part.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (text.charCodeAt(at) === part.charCodeAt(matched)) matched += 1;
  }
  return matched === part.length;
}

/** For each beginning of the text the length of its longest proper beginning that is also its end. */
function bordersOf(text: string): readonly number[] {
  const borders: number[] = text === '' ? [] : [0];
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(length)) length += 1;
    borders.push(length);
  }
  return borders;
}

const INT_TEXT = /^-?[0-9]{1,19}$/;
const DOUBLE_TEXT = /^-?[0-9]{1,64}(\.[0-9]{1,64})?(e[+-]?[0-9]{1,4})?$/i;

function toInt(value: Value | undefined): Outcome {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return INT_TEXT.test(value) ? checkedInt(BigInt(value)) : ERROR;
  return typeof value === 'number' && Number.isFinite(value) ? checkedInt(BigInt(Math.trunc(value))) : ERROR;
}

function toDouble(value: Value | undefined): Outcome {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && DOUBLE_TEXT.test(value) ? Number(value) : ERROR;
}
