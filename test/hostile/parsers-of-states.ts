import { concatBytes } from '../../src/core/encoding/bytes.ts';
import type { ReplayState } from '../../src/core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../../src/core/entry/replay-state.ts';
import { appendLeaves, EMPTY_FRONTIER } from '../../src/core/merkle/frontier.ts';
import { sha256 } from '../../src/native/sha256.ts';
import { type FuzzedParser, outcomeOf } from './fuzz-parser.ts';

const ORIGIN = 'waybill-00ff';
const HASH = 'ab'.repeat(32);
const STATE: ReplayState = {
  origin: ORIGIN,
  frontier: appendLeaves(
    EMPTY_FRONTIER,
    [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)),
  ),
  sealed: 'no',
  isCommitted: false,
  last: { hash: HASH, time: '2026-03-01T12:00:00.000Z' },
  lists: new Map([
    ['trust', { n: 1, seq: 0, hash: HASH }],
    [`image:sha256:${HASH}`, { n: 2, seq: 2, hash: HASH }],
  ]),
};
const EMPTY: ReplayState = {
  origin: ORIGIN,
  frontier: EMPTY_FRONTIER,
  sealed: 'no',
  isCommitted: false,
  lists: new Map(),
};

const written = (state: ReplayState) => concatBytes(...formatReplayState(state, { kept: [1, 'two'] }));

/** What a replay leaves behind to go on from. Seeds are without their hash, which is made anew for whatever they become. */
export const PARSERS_OF_STATES: readonly FuzzedParser[] = [
  {
    name: 'core/entry/replay-state.ts parseReplayState',
    seeds: [STATE, EMPTY].map((state) => written(state).slice(0, -32)),
    parse: (body) => {
      const given = concatBytes(body, sha256(body));
      return outcomeOf(parseReplayState(given, ORIGIN), given, ({ state, beside }) =>
        concatBytes(...formatReplayState(state, beside)),
      );
    },
  },
];
