import { array, type Decoded, decode, integer, json, openObject, optional, string } from '../encoding/decode.ts';
import { parseJson } from '../encoding/json.ts';
import type { Entry } from '../entry/entry.ts';
import { SHA256_HEX, TIME } from '../entry/names.ts';
import type { Result } from '../fault.ts';
import { ENTRY_BYTES_MAX, ENTRY_KEYS_MAX } from '../limits.ts';

const name = string({ max: 255 });

const eventReader = openObject({
  seq: integer(),
  hash: string({ max: 64, pattern: SHA256_HEX }),
  log: name,
  time: string({ max: 24, pattern: TIME }),
  kind: name,
  principal: name,
  repository: optional(name),
  stage: optional(name),
  run: optional(name),
  signer: optional(name),
  assurance: optional(name),
  predicateType: optional(name),
  keys: array(string({ max: 160 }), { min: 0, max: ENTRY_KEYS_MAX }),
  body: json(),
});

/** One entry as whoever follows the log is told of it: its header facts and its body, nothing of its payload. */
export type LedgerEvent = Decoded<typeof eventReader>;

/** Longest line of an event: all of it stands in the entry, but for the hash. */
export const EVENT_CHARACTERS_MAX = 2 * ENTRY_BYTES_MAX;

/** The event of an entry. `hash`: its leaf hash, 64 hex. */
export function ledgerEvent(entry: Entry, hash: string): LedgerEvent {
  const { seq, log, time, kind, principal, repository, stage, run, signer, assurance, predicateType, body } = entry;
  return {
    seq,
    hash,
    log,
    time,
    kind,
    principal,
    ...(repository === undefined ? {} : { repository }),
    ...(stage === undefined ? {} : { stage }),
    ...(run === undefined ? {} : { run }),
    ...(signer === undefined ? {} : { signer }),
    ...(assurance === undefined ? {} : { assurance }),
    ...(predicateType === undefined ? {} : { predicateType }),
    keys: entry.keys.map(({ key }) => key),
    body,
  };
}

/** An event from its line, without the line feed. Members that a later version adds are passed over. Faults: `encoding/…`. */
export function parseLedgerEvent(line: Uint8Array): Result<LedgerEvent> {
  const document = parseJson(line);
  return document.ok ? decode(eventReader, document.value) : document;
}
