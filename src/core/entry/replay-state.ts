import { sha256 } from '#sha256';
import { CONTROL_KEYS_MAX, controlSetFields, readControlSet } from '../control/control-keys.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { equalBytes, readU64be, u64be } from '../encoding/bytes.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import {
  array,
  base64Bytes,
  boolean,
  type Decoded,
  decode,
  integer,
  json,
  literal,
  object,
  oneOf,
  optional,
  string,
} from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { type Fault, fail, invariant, ok, type Result } from '../fault.ts';
import { formatFrontier, parseFrontier } from '../merkle/frontier.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import type { LogKeys } from '../trust/log-keys.ts';
import type { ListHead } from './link.ts';
import { ENTRY_KEY, ORIGIN, SHA256_HEX } from './names.ts';
import { type ReplayState, SEALED } from './replay.ts';

const TYPE = 'waybill/replay-state/v2';
/** Of the header: frontier, and whatever the writer adds of its own. */
const HEADER_BYTES_MAX = 16 * 1024 * 1024;
/** Lists that are joined before they are handed on, so that there are not millions of small arrays. */
const LISTS_AT_ONCE = 4_096;
const LIST_FIXED_BYTES = 1 + 8 + 8 + HASH_BYTES;
const LIST_BYTES_MAX = LIST_FIXED_BYTES + 255;

const header = object({
  type: literal(TYPE),
  origin: string({ max: 200, pattern: ORIGIN }),
  frontier: base64Bytes({ min: 8, max: 2_000 }),
  sealed: oneOf(SEALED),
  isCommitted: boolean(),
  last: optional(
    object({
      hash: string({ max: 64, pattern: SHA256_HEX }),
      time: string({ max: 24, pattern: /^$|^[0-9T:.Z-]{24}$/ }),
    }),
  ),
  lists: integer(),
  logKeys: optional(
    object({
      inForce: array(string({ min: 1, max: 512 }), { max: 8 }),
      retired: array(object({ vkey: string({ min: 1, max: 512 }), size: integer() }), { max: 100_000 }),
      /** Absent where the control keys that the log was opened with are none that can be used. */
      control: optional(
        object({
          controlKeys: array(string({ min: 1, max: 1024 }), { max: CONTROL_KEYS_MAX }),
          controlThreshold: integer({ max: CONTROL_KEYS_MAX }),
        }),
      ),
    }),
  ),
  /** What the writer keeps beside the replay. */
  beside: json(),
});

/**
 * Bytes of a replay's state, in parts that follow one another: the length of the header (u64 BE), the header (canonical
 * JSON), for each list the length of its key (1 byte) ‖ key ‖ n (u64 BE) ‖ seq (u64 BE) ‖ hash (32), and SHA-256 of all that
 * (32). A little over 120 bytes for each list of an image. `beside` is what the writer wants to find again with it.
 */
export function formatReplayState(state: ReplayState, beside: Json): readonly Uint8Array[] {
  const head = encodeUtf8(
    formatCanonicalJson({
      type: TYPE,
      origin: state.origin,
      frontier: formatBase64(formatFrontier(state.frontier)),
      sealed: state.sealed,
      isCommitted: state.isCommitted,
      ...(state.last === undefined ? {} : { last: state.last }),
      lists: state.lists.size,
      ...(state.logKeys === undefined ? {} : { logKeys: logKeysJson(state.logKeys) }),
      beside,
    }),
  );
  invariant(head.length <= HEADER_BYTES_MAX, 'the header of a state has its bound');
  const parts = [u64be(head.length), head];
  let block = new Uint8Array(LIST_BYTES_MAX * LISTS_AT_ONCE);
  let at = 0;
  for (const [key, list] of state.lists) {
    at = writeList(block, at, key, list);
    if (at + LIST_BYTES_MAX <= block.length) continue;
    parts.push(block.subarray(0, at));
    block = new Uint8Array(block.length);
    at = 0;
  }
  parts.push(block.subarray(0, at));
  return [...parts, sha256(...parts)];
}

function logKeysJson({ inForce, retired, control }: LogKeys): Json {
  return {
    inForce,
    retired: [...retired].map(([vkey, size]) => ({ vkey, size })),
    ...(control === undefined ? {} : { control: controlSetFields(control === 'none' ? undefined : control) }),
  };
}

function readLogKeys({ inForce, retired, control }: NonNullable<Decoded<typeof header>['logKeys']>): Result<LogKeys> {
  const set = control === undefined ? undefined : readControlSet(control);
  if (set?.ok === false) return malformed('The control keys do not read.', set.fault);
  const sizes = new Map(retired.map(({ vkey, size }) => [vkey, size]));
  if (sizes.size !== retired.length) return malformed('A retired key is named twice.');
  return ok({
    inForce,
    retired: sizes,
    control: set === undefined ? undefined : (set.value ?? 'none'),
  });
}

/** Writes a list and gives where the next one begins. By hand, since there may be millions; keys are ASCII, hashes hex. */
function writeList(block: Uint8Array, from: number, key: string, { n, seq, hash }: ListHead): number {
  invariant(hash.length === 2 * HASH_BYTES, 'a list head has a hash of 64 hex digits');
  block[from] = key.length;
  let at = from + 1;
  for (let place = 0; place < key.length; place += 1, at += 1) block[at] = key.charCodeAt(place);
  block.set(u64be(n), at);
  block.set(u64be(seq), at + 8);
  at += 16;
  for (let place = 0; place < hash.length; place += 2, at += 1)
    block[at] = digitOf(hash.charCodeAt(place)) * 16 + digitOf(hash.charCodeAt(place + 1));
  return at;
}

/** Value of a lower-case hex digit. */
function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/**
 * Reads what `formatReplayState` writes, of the log `origin`; `monitor/malformed-state` for anything else, one wrong bit
 * included. The hash at the end finds damage; whoever can write the file can also write a false one.
 */
export function parseReplayState(
  bytes: Uint8Array,
  origin: string,
): Result<{ readonly state: ReplayState; readonly beside: Json }> {
  const end = bytes.length - HASH_BYTES;
  if (end < 8) return malformed('The state is cut short.');
  if (!equalBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end))) return malformed('The state is damaged.');
  const length = readU64be(bytes, 0);
  if (!length.ok || length.value > Math.min(end - 8, HEADER_BYTES_MAX))
    return malformed('The header has no such length.');
  const at = 8 + length.value;
  const value = parseCanonicalJson(bytes.subarray(8, at));
  const read = value.ok ? decode(header, value.value) : value;
  if (!read.ok) return malformed('The header is not that of a replay.', read.fault);
  const { last, sealed, isCommitted, beside, logKeys: keys } = read.value;
  if (read.value.origin !== origin) return malformed(`The state is that of ${read.value.origin}.`);
  const frontier = parseFrontier(read.value.frontier);
  if (!frontier.ok) return malformed('The frontier does not read.', frontier.fault);
  if ((last === undefined) !== (frontier.value.size === 0))
    return malformed('Size and last leaf contradict each other.');
  const logKeys = keys === undefined ? undefined : readLogKeys(keys);
  if (logKeys?.ok === false) return logKeys;
  const lists = parseLists(bytes.subarray(at, end), read.value.lists, frontier.value.size);
  if (!lists.ok) return lists;
  const state = {
    origin,
    frontier: frontier.value,
    sealed,
    isCommitted,
    ...(last === undefined ? {} : { last }),
    lists: lists.value,
    ...(logKeys === undefined ? {} : { logKeys: logKeys.value }),
  };
  return ok({ state, beside });
}

function parseLists(bytes: Uint8Array, count: number, size: number): Result<ReadonlyMap<string, ListHead>> {
  const lists = new Map<string, ListHead>();
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at] ?? 0;
    const end = at + LIST_FIXED_BYTES + length;
    if (end > bytes.length) return malformed('A list is cut short.');
    const key = decodeUtf8(bytes.subarray(at + 1, at + 1 + length));
    const n = readU64be(bytes, at + 1 + length);
    const seq = readU64be(bytes, at + 9 + length);
    if (!key.ok || !ENTRY_KEY.test(key.value) || !n.ok || !seq.ok || n.value === 0 || seq.value >= size)
      return malformed('A list does not read.');
    if (lists.has(key.value)) return malformed(`The list ${key.value} stands there twice.`);
    lists.set(key.value, { n: n.value, seq: seq.value, hash: formatHex(bytes.subarray(end - HASH_BYTES, end)) });
    at = end;
  }
  return lists.size === count ? ok(lists) : malformed('There are not as many lists as the header says.');
}

function malformed(message: string, cause?: Fault): Result<never> {
  return fail('monitor/malformed-state', message, undefined, cause);
}
