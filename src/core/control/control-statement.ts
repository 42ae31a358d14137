import { sha256 } from '#sha256';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { type Decoded, decode, integer, json, object, oneOf, optional, string } from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ASSURANCES, type Entry } from '../entry/entry.ts';
import { entryKind } from '../entry/kinds.ts';
import { ENTRY_KEY, NAME, ORIGIN, PRINTABLE, REPOSITORY, SHA256_HEX } from '../entry/names.ts';
import { fail, invariant, type Result } from '../fault.ts';

/** What the payload of a control envelope is. */
export const CONTROL_PAYLOAD_TYPE = 'application/vnd.waybill.control+json';

const sha256Hex = string({ max: 64, pattern: SHA256_HEX });

const reader = object({
  log: string({ max: 200, pattern: ORIGIN }),
  kind: string({ max: 40, pattern: /^[a-z]+(?:-[a-z]+)*\.[a-z]+$/ }),
  key: string({ max: 160, pattern: ENTRY_KEY }),
  n: integer({ min: 1 }),
  prev: optional(sha256Hex),
  payloadSha256: optional(sha256Hex),
  repository: optional(string({ max: 255, pattern: REPOSITORY })),
  stage: optional(string({ max: 64, pattern: NAME })),
  run: optional(string({ max: 64, pattern: NAME })),
  signer: optional(sha256Hex),
  assurance: optional(oneOf(ASSURANCES)),
  predicateType: optional(string({ min: 1, max: 255, pattern: PRINTABLE })),
  body: json(),
});

/**
 * What control keys sign: one entry at one place. In log `log` the `n`-th entry of the list `key`, after the one with the
 * hash `prev` (absent where n is 1), is of this kind, with this body, over the payload with this SHA-256 (absent where the
 * kind has none), and with those of the entry's other members that it has. Source: docs/spec/control.md §3.
 */
export type ControlStatement = Decoded<typeof reader>;

/** Members beside payload and body that an entry may have, and that are signed where it has them. */
const FURTHER = ['repository', 'stage', 'run', 'signer', 'assurance', 'predicateType'] as const;

/** What a statement says of an entry beside its place. */
export type Controlled = Pick<Entry, 'log' | 'kind' | 'body' | (typeof FURTHER)[number]>;

/**
 * The key whose list binds an entry that takes an envelope: of all that it is filed under the one of the area that its
 * kind names. Undefined for kinds that take none.
 */
export function controlKeyOf(
  { kind, body }: { readonly kind: string; readonly body: unknown },
  keys: readonly string[],
): string | undefined {
  const definition = entryKind(kind);
  const area = definition?.controlList;
  if (area === undefined) return undefined;
  return definition?.controlKey?.(body) ?? keys.find((key) => key === area || key.startsWith(`${area}:`));
}

/** The statement that an envelope of the entry must hold, byte for byte; its payload is given where it has one. */
export function controlStatement(entry: Entry, payload: Uint8Array | undefined): ControlStatement {
  const key = controlKeyOf(
    entry,
    entry.keys.map((link) => link.key),
  );
  const link = entry.keys.find((each) => each.key === key);
  invariant(link !== undefined, `an entry of kind ${entry.kind} takes a control envelope`);
  const { n, prev } = link;
  return stateControl(entry, { key: link.key, n, ...(prev === undefined ? {} : { prev }) }, payload);
}

/** The statement of what is to become the entry at that place. */
export function stateControl(
  controlled: Controlled,
  place: Pick<ControlStatement, 'key' | 'n' | 'prev'>,
  payload: Uint8Array | undefined,
): ControlStatement {
  const { log, kind, body } = controlled;
  const further = Object.fromEntries(
    FURTHER.flatMap((name) => (controlled[name] === undefined ? [] : [[name, controlled[name]]])),
  );
  const payloadSha256 = payload === undefined ? {} : { payloadSha256: formatHex(sha256(payload)) };
  return { log, kind, ...place, ...payloadSha256, ...further, body };
}

/** Canonical bytes of a statement: the payload of the envelope. */
export function formatControlStatement(statement: ControlStatement): Uint8Array {
  return encodeUtf8(formatCanonicalJson(statement as unknown as Json));
}

/** The statement in canonical bytes. Fault: `control/malformed` with the cause. */
export function parseControlStatement(bytes: Uint8Array): Result<ControlStatement> {
  const value = parseCanonicalJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok) return fail('control/malformed', 'The payload is no control statement.', read.fault.at, read.fault);
  if ((read.value.n === 1) === (read.value.prev === undefined)) return read;
  return fail('control/malformed', 'prev stands exactly where n is over 1.', '/prev');
}
