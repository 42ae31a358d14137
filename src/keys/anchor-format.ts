import { createHash } from 'node:crypto';
import { formatBase64 } from '../core/encoding/base64.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import {
  base64Bytes,
  type Decoded,
  decode,
  integer,
  literal,
  object,
  optional,
  string,
} from '../core/encoding/decode.ts';
import { parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { invariant } from '../core/fault.ts';
import type { Anchor } from '../service/ports.ts';

/** Each slot has a block of its own, so that writing one never touches the other. */
export const SLOT_BYTES = 4_096;
export const ANCHOR_FILE_BYTES = 2 * SLOT_BYTES;

/** An anchor with the number of its writing, from 1. */
export type NumberedAnchor = { readonly sequence: number; readonly anchor: Anchor };

/** What an anchor file holds: its newest anchor, and which slot is written next. `outdated` is a file of release 0.1. */
export type AnchorContent = NumberedAnchor & { readonly nextSlot: 0 | 1; readonly outdated: boolean };

const head = {
  origin: string({ max: 200 }),
  size: integer({ min: 1 }),
  root: base64Bytes({ max: 32 }),
};

const anchorV0 = object({ type: literal('waybill/anchor/v0'), ...head });

const anchorV1 = object({
  type: literal('waybill/anchor/v1'),
  sequence: integer({ min: 1 }),
  ...head,
  systemIdentifier: optional(string({ max: 20, pattern: /^-?\d+$/ })),
  timeline: optional(string({ max: 8, pattern: /^[0-9a-f]{8}$/ })),
  sha256: string({ max: 64, pattern: /^[0-9a-f]{64}$/ }),
});

/**
 * One slot: a line of JSON that ends with the SHA-256 of what stands before it, filled up with blanks to 4,096 bytes.
 * Layout: docs/spec/head.md §3.
 */
export function formatSlot({ sequence, anchor }: NumberedAnchor): Uint8Array {
  const { origin, size, root, cluster } = anchor;
  const fields = JSON.stringify({
    type: 'waybill/anchor/v1',
    sequence,
    origin,
    size,
    root: formatBase64(root),
    ...(cluster === undefined ? {} : { systemIdentifier: cluster.systemIdentifier, timeline: cluster.timeline }),
  });
  const sha256 = createHash('sha256').update(fields).digest('hex');
  const line = `${fields.slice(0, -1)},"sha256":"${sha256}"}`;
  invariant(line.length < SLOT_BYTES, 'an anchor fits into its slot');
  return encodeUtf8(`${line.padEnd(SLOT_BYTES - 1)}\n`);
}

/**
 * The content of an anchor file from its exact bytes: of the slots that are whole, the one that saw most; undefined
 * where none is, or where the two are of different logs. Also reads what release 0.1 wrote.
 */
export function parseAnchorFile(bytes: Uint8Array): AnchorContent | undefined {
  if (bytes.length !== ANCHOR_FILE_BYTES) return parseV0(bytes);
  const first = parseSlot(bytes.subarray(0, SLOT_BYTES));
  const second = parseSlot(bytes.subarray(SLOT_BYTES));
  if (first === undefined || second === undefined) {
    const whole = first ?? second;
    return whole === undefined ? undefined : { ...whole, nextSlot: first === undefined ? 0 : 1, outdated: false };
  }
  if (first.anchor.origin !== second.anchor.origin) return undefined;
  return isAfter(first, second)
    ? { ...first, nextSlot: 1, outdated: false }
    : { ...second, nextSlot: 0, outdated: false };
}

/** By size first: of two writers who were given one file, the one that saw more is right. */
function isAfter(a: NumberedAnchor, b: NumberedAnchor): boolean {
  return a.anchor.size === b.anchor.size ? a.sequence > b.sequence : a.anchor.size > b.anchor.size;
}

function parseSlot(bytes: Uint8Array): NumberedAnchor | undefined {
  const json = parseJson(bytes);
  const read = json.ok ? decode(anchorV1, json.value) : json;
  if (!read.ok || read.value.root.length !== 32) return undefined;
  const numbered = { sequence: read.value.sequence, anchor: anchorOf(read.value) };
  return equalBytes(formatSlot(numbered), bytes) ? numbered : undefined;
}

function anchorOf({ origin, size, root, systemIdentifier, timeline }: Decoded<typeof anchorV1>): Anchor {
  const cluster = systemIdentifier === undefined || timeline === undefined ? undefined : { systemIdentifier, timeline };
  return { origin, size, root, ...(cluster === undefined ? {} : { cluster }) };
}

function parseV0(bytes: Uint8Array): AnchorContent | undefined {
  const json = parseJson(bytes);
  const read = json.ok ? decode(anchorV0, json.value) : json;
  if (!read.ok || read.value.root.length !== 32) return undefined;
  const { origin, size, root } = read.value;
  return { sequence: 0, anchor: { origin, size, root }, nextSlot: 0, outdated: true };
}
