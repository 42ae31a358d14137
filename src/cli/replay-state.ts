import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { REPLAY_OUTCOMES, type ReplayOutcome } from '../core/custody/replay-verdict.ts';
import {
  array,
  type Decoded,
  decode,
  integer,
  literal,
  object,
  oneOf,
  optional,
  string,
} from '../core/encoding/decode.ts';
import { type Json, parseJson } from '../core/encoding/json.ts';
import { VERDICTS } from '../core/entry/kinds/verdict-recorded.ts';
import { ORIGIN } from '../core/entry/names.ts';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';

/** Verdicts that are named one by one; of more only the number is kept. */
const NAMED_MAX = 1_000;

const counts = object({
  agree: integer(),
  differs: integer(),
  erased: integer(),
  'other-evaluator': integer(),
  'other-trust': integer(),
});

const named = object({
  seq: integer(),
  outcome: oneOf(REPLAY_OUTCOMES),
  difference: optional(string({ max: 32, pattern: /^[a-z]+$/ })),
  recorded: oneOf(VERDICTS),
  found: optional(oneOf(VERDICTS)),
});

const reader = object({
  type: literal('waybill/replay/v0'),
  origin: string({ max: 200, pattern: ORIGIN }),
  from: integer(),
  /** The first entry that was not looked at yet. */
  next: integer(),
  counts,
  named: array(named, { max: NAMED_MAX }),
});

/** How far a replay has come, and what it found: a later one goes on from there. */
export type ReplayState = Decoded<typeof reader>;

/** A recorded verdict that does not simply agree. */
export type NamedVerdict = Decoded<typeof named>;

/** A replay of the log of that origin that begins with entry `from`. */
export function beginReplay(origin: string, from: number): ReplayState {
  const zero = { agree: 0, differs: 0, erased: 0, 'other-evaluator': 0, 'other-trust': 0 };
  return { type: 'waybill/replay/v0', origin, from, next: from, counts: zero, named: [] };
}

/** The state after the entries up to but without `next`, with what came of the verdicts among them. */
export function goOn(
  state: ReplayState,
  next: number,
  outcomes: readonly ReplayOutcome[],
  found: readonly NamedVerdict[],
): ReplayState {
  const added = { ...state.counts };
  for (const outcome of outcomes) added[outcome] += 1;
  return { ...state, next, counts: added, named: [...state.named, ...found].slice(0, NAMED_MAX) };
}

/** The state in a file, undefined where there is none. Stops with `cli/state-unusable` where it does not read or is of another log. */
export function readReplayState(path: string, origin: string): ReplayState | undefined {
  if (!existsSync(path)) return undefined;
  const json = parseJson(readFileSync(path));
  const state = json.ok ? decode(reader, json.value) : json;
  const hint = 'Without that file the replay begins with the first entry.';
  if (!state.ok) throw stop(EXIT.input, 'cli/state-unusable', `${path} does not read: ${state.fault.message}`, hint);
  if (state.value.origin === origin) return state.value;
  throw stop(EXIT.input, 'cli/state-unusable', `${path} is of the log ${state.value.origin}, not ${origin}.`, hint);
}

/** Writes the state whole: a crash leaves the old one or the new one. */
export function writeReplayState(path: string, state: ReplayState): void {
  const fresh = `${path}.${randomUUID()}.new`;
  writeFileSync(fresh, `${JSON.stringify(state satisfies Json)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}
