import { controlKeyId, readControlSet } from '../../src/core/control/control-keys.ts';
import { verifyControl } from '../../src/core/control/verify-control.ts';
import { parseBase64 } from '../../src/core/encoding/base64.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { readEntry } from '../../src/core/entry/entry.ts';
import { each, type Runs } from './vector-set.ts';

type ControlCase = {
  readonly entry: Json;
  readonly document: string;
  readonly controlKeys: readonly string[];
  readonly controlThreshold: number;
};

/** `control`: an entry, its document in base64 and a set; the ids of the keys that agreed, or why none did. */
export const CONTROL_RUNS: Runs = {
  control: each((input) => {
    const { entry, document, ...fields } = input as unknown as ControlCase;
    const set = readControlSet(fields);
    if (!set.ok) return set.fault.code;
    const read = readEntry(entry);
    const bytes = parseBase64(document);
    if (!read.ok || !bytes.ok || set.value === undefined) return 'no case';
    const verified = verifyControl(read.value, bytes.value, set.value);
    return verified.ok ? verified.value.map(controlKeyId).join(' ') : verified.fault.code;
  }),
};
