import { compareTexts } from './compare-values.ts';
import type { compile, Frame, Names, Part, Unsupported } from './compile-rule.ts';
import type { Expression } from './expression.ts';
import type { Meter } from './meter.ts';
import {
  ERROR,
  elementAt,
  Failure,
  isList,
  isMap,
  listSize,
  MadeList,
  type Outcome,
  TOO_COSTLY,
  type Value,
} from './values.ts';

/** What a macro makes of the elements: `step` is called for each in turn and ends the walk where it gives something. */
type Walk = {
  readonly step: (element: Value, evaluate: (part: Part | undefined) => Outcome) => Outcome | undefined;
  readonly end: () => Outcome;
};
type Macro = (bodies: readonly Part[]) => () => Walk;

/** Macros by name and number of arguments: the variable, and what is evaluated for each element. */
const MACROS: Readonly<Record<string, Macro>> = {
  'all/2': ([test]) => quantifier(test, false),
  'exists/2': ([test]) => quantifier(test, true),
  'exists_one/2': ([test]) => one(test),
  'filter/2': ([test]) => collecting(test, undefined),
  'map/2': ([make]) => collecting(undefined, make),
  'map/3': ([test, make]) => collecting(test, make),
};

export function isMacro(name: string, args: number): boolean {
  return Object.hasOwn(MACROS, `${name}/${args}`);
}

/** `of.name(variable, …)`, over the elements of a list, or the names of a map's members in the order of texts. */
export function compileMacro(
  name: string,
  of: Expression,
  [variable, ...bodies]: readonly Expression[],
  names: Names,
  compilePart: typeof compile,
): Part | Unsupported {
  const macro = MACROS[`${name}/${bodies.length + 1}`];
  if (variable?.kind !== 'name' || macro === undefined) {
    return { unsupported: `${name}() takes the name of a variable first.`, at: variable?.at ?? of.at };
  }
  const collection = compilePart(of, names);
  if (typeof collection !== 'function') return collection;
  const parts: Part[] = [];
  for (const body of bodies) {
    const part = compilePart(body, [...names, variable.name]);
    if (typeof part !== 'function') return part;
    parts.push(part);
  }
  const begin = macro(parts);
  return (frame, meter) => {
    const value = collection(frame, meter);
    return value instanceof Failure ? value : walk(value, begin(), names.length, frame, meter);
  };
}

function walk(collection: Value, { step, end }: Walk, place: number, frame: Frame, meter: Meter): Outcome {
  const elements = isMap(collection) ? namesOf(collection, meter) : collection;
  if (elements === TOO_COSTLY) return TOO_COSTLY;
  if (!isList(elements)) return ERROR;
  // Places behind this one belong to macros inside, which are done with by then.
  const evaluate = (part: Part | undefined) => part?.(frame, meter) ?? ERROR;
  for (let index = 0; index < listSize(elements); index += 1) {
    if (!meter.spend(1)) return TOO_COSTLY;
    const element = elementAt(elements, index);
    frame[place] = element;
    const ended = step(element, evaluate);
    if (ended !== undefined) return ended;
  }
  return end();
}

/** JavaScript has an order of its own for names that look like numbers; other languages do not. */
function namesOf(map: object, meter: Meter): Outcome {
  const names = Object.keys(map);
  const characters = names.reduce((sum, name) => sum + name.length, 0);
  return meter.spend(names.length) && meter.spendCharacters(characters)
    ? new MadeList(names.sort(compareTexts))
    : TOO_COSTLY;
}

function truthOf(value: Outcome): boolean | Failure {
  return typeof value === 'boolean' || value instanceof Failure ? value : ERROR;
}

/** One element that decides is enough, whatever failed before or would after; otherwise the first failure counts. */
function quantifier(test: Part | undefined, decisive: boolean): () => Walk {
  return () => {
    let failure: Failure | undefined;
    return {
      step: (_, evaluate) => {
        const holds = truthOf(evaluate(test));
        if (holds === decisive) return decisive;
        if (!(holds instanceof Failure)) return undefined;
        if (holds.fatal) return holds;
        failure ??= holds;
        return undefined;
      },
      end: () => failure ?? !decisive,
    };
  };
}

function one(test: Part | undefined): () => Walk {
  return () => {
    let count = 0;
    return {
      step: (_, evaluate) => {
        const holds = truthOf(evaluate(test));
        if (holds instanceof Failure) return holds;
        if (holds) count += 1;
        return undefined;
      },
      end: () => count === 1,
    };
  };
}

/** The elements that pass the test, each as it is made. */
function collecting(test: Part | undefined, make: Part | undefined): () => Walk {
  return () => {
    const made: Value[] = [];
    return {
      step: (element, evaluate) => {
        const holds = test === undefined ? true : truthOf(evaluate(test));
        if (holds instanceof Failure) return holds;
        const value = holds && make !== undefined ? evaluate(make) : element;
        if (value instanceof Failure) return value;
        if (holds) made.push(value);
        return undefined;
      },
      end: () => new MadeList(made),
    };
  };
}
