import { type ContractChange, DIRECTIONS, type Direction } from '../core/contract/contract-change.ts';
import type { Json } from '../core/encoding/json.ts';
import { plain } from './layout-text.ts';

const HEADS: Readonly<Record<Direction, string>> = {
  loosened: 'LOOSENED: images may pass that did not',
  unclear: 'EITHER WAY: images may pass that did not, or the other way round; read it',
  tightened: 'tightened: images may fail that did not',
  neutral: 'no difference in what is asked for',
};

export function changeJson(change: ContractChange): Json {
  return { ...change };
}

/** Changes for people, the loosened ones first. */
export function renderChanges(changes: readonly ContractChange[]): readonly string[] {
  if (changes.length === 0) return ['', 'They ask for the same.'];
  return DIRECTIONS.flatMap((direction) => {
    const of = changes.filter((change) => change.direction === direction);
    return of.length === 0 ? [] : ['', HEADS[direction], ...of.flatMap(changeLines)];
  });
}

function changeLines({ member, stage, rule, before, after }: ContractChange): readonly string[] {
  const place = [
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(member === 'stage' || member === 'rule' ? [] : [member]),
  ].join(', ');
  if (member === 'stage') return [`  ${plain(place)}: ${before === undefined ? 'added' : 'dropped'}`];
  if (member === 'rule') return [`  ${plain(place)}:`, ...textLines('-', before), ...textLines('+', after)];
  return [`  ${plain(place)}: ${valueText(before, after)}`];
}

function valueText(before: Json | undefined, after: Json | undefined): string {
  if (before === undefined) return `added ${shown(after)}`;
  return after === undefined ? `dropped ${shown(before)}` : `${shown(before)} → ${shown(after)}`;
}

function shown(value: Json | undefined): string {
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}

function textLines(mark: '-' | '+', text: Json | undefined): readonly string[] {
  if (typeof text !== 'string') return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${mark} ${plain(line)}`);
}
