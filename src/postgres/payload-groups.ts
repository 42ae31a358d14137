import type { Entry, PayloadReference } from '../core/entry/entry.ts';

/** Payload bytes of one statement, by the sizes that the entries name; one larger payload is read alone. */
const PAYLOAD_BYTES_READ = 4 * 1024 * 1024;

/** What an entry says of its payload, and which entry that is. */
export type PayloadOf = { readonly seq: number; readonly reference: PayloadReference };

/** Entries with a payload, in their order, in groups that one statement reads: many small payloads together, a large one alone. */
export function* groupByPayloadBytes(entries: readonly Entry[]): Generator<readonly PayloadOf[]> {
  let group: PayloadOf[] = [];
  let bytes = 0;
  for (const { seq, payload } of entries) {
    if (payload === undefined) continue;
    if (group.length > 0 && bytes + payload.size > PAYLOAD_BYTES_READ) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push({ seq, reference: payload });
    bytes += payload.size;
  }
  if (group.length > 0) yield group;
}
