import { PATTERN_CHARACTERS_MAX, PATTERN_WEIGHT_MAX } from '../../limits.ts';
import { CLASS_ESCAPES, type CodePoints, literalEscape, negated } from './code-points.ts';

/** A state of a pattern's machine: it goes on without reading, or after it has read one of some code points. */
export type PatternState =
  | { readonly kind: 'read'; readonly points: CodePoints; next: number }
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'begin' | 'end'; next: number }
  | { readonly kind: 'match' };

/**
 * A machine that matches where it reaches its `match`; it begins in state `start`. Its weight is what one code point may
 * cost: one for each state, and for square brackets one for each item in them.
 */
export type Pattern = { readonly states: readonly PatternState[]; readonly start: number; readonly weight: number };

/** A piece of a machine: where it begins, and the places that still lead nowhere. */
type Piece = { readonly start: number; readonly ends: readonly ((next: number) => void)[] };

const NOWHERE = -1;
const REPEATS_MAX = 255;

/**
 * The machine of a pattern, or undefined where it is not one of the language of docs/spec/rules.md §5, or too large: of more
 * than 256 characters or a weight over 2,000.
 */
export function parsePattern(text: string): Pattern | undefined {
  if (text.length > PATTERN_CHARACTERS_MAX) return undefined;
  const reader = new PatternReader(text);
  const piece = reader.alternatives();
  if (piece === undefined || !reader.atEnd) return undefined;
  const match = reader.add({ kind: 'match' });
  for (const end of piece.ends) end(match);
  const { states, weight } = reader;
  return weight > PATTERN_WEIGHT_MAX ? undefined : { states, start: piece.start, weight };
}

/** Reads by recursion, as deep as there are brackets: at most as many as a pattern has characters. */
class PatternReader {
  readonly states: PatternState[] = [];
  weight = 0;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  get atEnd(): boolean {
    return this.#at === this.#characters.length;
  }

  add(state: PatternState, weight = 1): number {
    this.weight += weight;
    this.states.push(state);
    return this.states.length - 1;
  }

  alternatives(): Piece | undefined {
    let all = this.#sequence();
    while (all !== undefined && this.#takes('|')) {
      const next = this.#sequence();
      if (next === undefined) return undefined;
      const start = this.add({ kind: 'fork', next: all.start, other: next.start });
      all = { start, ends: [...all.ends, ...next.ends] };
    }
    return all;
  }

  #sequence(): Piece | undefined {
    // An empty piece: a fork of which both ways are the same.
    let all: Piece | undefined;
    while (!this.atEnd && this.#now !== '|' && this.#now !== ')') {
      const next = this.#repeated();
      if (next === undefined) return undefined;
      all = all === undefined ? next : joined(all, next);
    }
    return all ?? this.#nothing();
  }

  #repeated(): Piece | undefined {
    const from = this.#at;
    const repeatable = this.#now !== '^' && this.#now !== '$';
    const first = this.#atom();
    if (first === undefined) return undefined;
    const times = this.#times();
    if (times === undefined || (times !== ONCE && !repeatable)) return undefined;
    if (times === ONCE) return first;
    const after = this.#at;
    // What is repeated is read again for each copy of it: each needs states of its own.
    const again = (): Piece | undefined => {
      this.#at = from;
      return this.#atom();
    };
    const piece = this.#copies(first, again, times);
    this.#at = after;
    return piece;
  }

  #copies(first: Piece, again: () => Piece | undefined, { min, max }: Times): Piece | undefined {
    let used = false;
    const copy = () => {
      if (this.weight > PATTERN_WEIGHT_MAX) return undefined;
      if (used) return again();
      used = true;
      return first;
    };
    let all: Piece | undefined;
    const append = (next: Piece | undefined): boolean => {
      if (next === undefined) return false;
      all = all === undefined ? next : joined(all, next);
      return true;
    };
    for (let count = 0; count < min; count += 1) if (!append(copy())) return undefined;
    if (max === undefined) return append(this.#loop(copy())) ? all : undefined;
    for (let count = min; count < max; count += 1) if (!append(this.#optional(copy()))) return undefined;
    return all ?? this.#nothing();
  }

  #loop(piece: Piece | undefined): Piece | undefined {
    if (piece === undefined) return undefined;
    const state = { kind: 'fork' as const, next: piece.start, other: NOWHERE };
    const start = this.add(state);
    for (const end of piece.ends) end(start);
    return { start, ends: [(next) => (state.other = next)] };
  }

  #optional(piece: Piece | undefined): Piece | undefined {
    if (piece === undefined) return undefined;
    const state = { kind: 'fork' as const, next: piece.start, other: NOWHERE };
    return { start: this.add(state), ends: [...piece.ends, (next) => (state.other = next)] };
  }

  #nothing(): Piece {
    const state = { kind: 'fork' as const, next: NOWHERE, other: NOWHERE };
    const lead = (next: number) => {
      state.next = next;
      state.other = next;
    };
    return { start: this.add(state), ends: [lead] };
  }

  #atom(): Piece | undefined {
    const character = this.#take();
    switch (character) {
      case undefined:
        return undefined;
      case '^':
      case '$':
        return this.#step({ kind: character === '^' ? 'begin' : 'end', next: NOWHERE });
      case '.':
        return this.#read(negated([[10, 10]]));
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      default:
        return '*+?{})]|'.includes(character) ? undefined : this.#read(pointOf(character));
    }
  }

  #group(): Piece | undefined {
    if (this.#takes('?') && !this.#takes(':')) return undefined;
    const inside = this.alternatives();
    return inside !== undefined && this.#takes(')') ? inside : undefined;
  }

  #escape(): Piece | undefined {
    const letter = this.#take() ?? '';
    const points = CLASS_ESCAPES.get(letter) ?? literalEscape(letter);
    return points === undefined ? undefined : this.#read(points);
  }

  #class(): Piece | undefined {
    const not = this.#takes('^');
    const points: (readonly [number, number])[] = [];
    let items = 0;
    for (; this.#now !== ']'; items += 1) {
      const from = this.#classMember();
      if (from === undefined) return undefined;
      const [first] = from;
      const ranged = this.#now === '-' && this.#characters[this.#at + 1] !== ']';
      if (!ranged) {
        points.push(...from);
        continue;
      }
      this.#at += 1;
      const to = this.#classMember();
      const [last] = to ?? [];
      // Only single code points are the ends of a range, in their order.
      const good = from.length === 1 && to?.length === 1 && first?.[0] === first?.[1] && last?.[0] === last?.[1];
      if (!good || first === undefined || last === undefined || first[0] > last[0]) return undefined;
      points.push([first[0], last[0]]);
    }
    this.#at += 1;
    return items === 0 ? undefined : this.#read(not ? negated(points) : points, items);
  }

  #classMember(): CodePoints | undefined {
    const character = this.#take();
    if (character === undefined || character === '[' || character === ']') return undefined;
    if (character !== '\\') return pointOf(character);
    const letter = this.#take() ?? '';
    return CLASS_ESCAPES.get(letter) ?? literalEscape(letter);
  }

  /** How often what stands before is repeated; undefined where what stands here is no such number. */
  #times(): Times | undefined {
    if (this.#takes('*')) return this.#single({ min: 0 });
    if (this.#takes('+')) return this.#single({ min: 1 });
    if (this.#takes('?')) return this.#single({ min: 0, max: 1 });
    if (!this.#takes('{')) return ONCE;
    const min = this.#number();
    if (min === undefined) return undefined;
    if (this.#takes('}')) return this.#single({ min, max: min });
    if (!this.#takes(',')) return undefined;
    if (this.#takes('}')) return this.#single({ min });
    const max = this.#number();
    return max !== undefined && max >= min && this.#takes('}') ? this.#single({ min, max }) : undefined;
  }

  /** One quantifier after another means different things to different engines. */
  #single(times: Times): Times | undefined {
    return this.#now !== undefined && '*+?{'.includes(this.#now) ? undefined : times;
  }

  #number(): number | undefined {
    let digits = '';
    while (digits.length < 4 && this.#now !== undefined && /^[0-9]$/.test(this.#now)) digits += this.#take();
    const number = Number(digits);
    return digits === '' || number > REPEATS_MAX ? undefined : number;
  }

  #step(state: { readonly kind: 'begin' | 'end'; next: number }): Piece {
    return { start: this.add(state), ends: [(next) => (state.next = next)] };
  }

  #read(points: CodePoints, weight = 1): Piece {
    const state = { kind: 'read' as const, points, next: NOWHERE };
    return { start: this.add(state, weight), ends: [(next) => (state.next = next)] };
  }

  get #now(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string | undefined {
    const character = this.#now;
    if (character !== undefined) this.#at += 1;
    return character;
  }

  #takes(character: string): boolean {
    if (this.#now !== character) return false;
    this.#at += 1;
    return true;
  }
}

type Times = { readonly min: number; readonly max?: number };

const ONCE: Times = { min: 1, max: 1 };

function joined(before: Piece, after: Piece): Piece {
  for (const end of before.ends) end(after.start);
  return { start: before.start, ends: after.ends };
}

function pointOf(character: string): CodePoints {
  const point = character.codePointAt(0) ?? 0;
  return [[point, point]];
}
