import { formatBase64 } from '../core/encoding/base64.ts';
import {
  array,
  base64Bytes,
  boolean,
  decode,
  integer,
  literal,
  object,
  optional,
  string,
} from '../core/encoding/decode.ts';
import type { Json } from '../core/encoding/json.ts';
import { NAME, SHA256_HEX } from '../core/entry/names.ts';
import type { ReplayFinding, ReplayState } from '../core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../core/entry/replay-state.ts';
import { type FaultCode, fail, ok, type Result } from '../core/fault.ts';
import { HASH_BYTES } from '../core/merkle/hash.ts';
import type { ControlAuditState } from './audit-control.ts';
import type { TileAuditState } from './audit-tiles.ts';

/** Where an audit stands between two pages, so that it can go on later. */
export type AuditState = {
  readonly replay: ReplayState;
  /** Seq from which on is read next; beyond the size of the replay where entries are missing. */
  readonly next: number;
  readonly heads: number;
  readonly payloads: number;
  readonly tiles: TileAuditState;
  readonly findings: readonly ReplayFinding[];
  /** Control keys in force, and who holds a grant of trust. */
  readonly control: ControlAuditState;
  /** Whether heads were compared with their MACs. */
  readonly macs: boolean;
  /** Size of the anchor that the ledger was compared with. */
  readonly anchorSeen?: number;
  /** Where signatures are verified: how many were, and the keys registered so far. */
  readonly signatures?: { readonly signatures: number; readonly keys: ReadonlyMap<string, Uint8Array> };
};

const reader = object({
  type: literal('waybill/audit-state/v1'),
  next: integer(),
  heads: integer(),
  payloads: integer(),
  tiles: integer(),
  edges: array(array(base64Bytes({ min: HASH_BYTES, max: HASH_BYTES }), { max: 255 }), { max: 8 }),
  findings: array(object({ code: string({ max: 100 }), seq: integer(), message: string({ max: 20_000 }) }), {
    max: 10_000,
  }),
  control: object({
    controlKeys: array(string({ max: 1_024 }), { max: 16 }),
    controlThreshold: integer({ max: 16 }),
    trusted: array(string({ max: 64, pattern: NAME }), { max: 1_000_000 }),
  }),
  macs: boolean(),
  anchorSeen: optional(integer()),
  signatures: optional(
    object({
      signatures: integer(),
      keys: array(object({ signer: string({ max: 64, pattern: SHA256_HEX }), spki: base64Bytes({ max: 1_024 }) }), {
        max: 1_000_000,
      }),
    }),
  ),
});

/** Bytes of the state, in parts: a replay's state (`core/entry/replay-state.ts`) with everything else beside it. */
export function formatAuditState(state: AuditState): readonly Uint8Array[] {
  const { replay, tiles, findings, signatures, ...rest } = state;
  return formatReplayState(replay, {
    type: 'waybill/audit-state/v1',
    ...rest,
    tiles: tiles.tiles,
    edges: tiles.edges.map((edge) => edge.map(formatBase64)),
    findings: findings as unknown as Json,
    ...(signatures === undefined
      ? {}
      : {
          signatures: {
            signatures: signatures.signatures,
            keys: [...signatures.keys].map(([signer, spki]) => ({ signer, spki: formatBase64(spki) })),
          },
        }),
  });
}

/** Reads what {@link formatAuditState} writes, of the log `origin`; `monitor/malformed-state` for anything else. */
export function parseAuditState(bytes: Uint8Array, origin: string): Result<AuditState> {
  const read = parseReplayState(bytes, origin);
  if (!read.ok) return read;
  const beside = decode(reader, read.value.beside);
  if (!beside.ok)
    return fail('monitor/malformed-state', 'The state is that of a replay, not of an audit.', undefined, beside.fault);
  const { type: _type, tiles, edges, findings, signatures, anchorSeen, ...rest } = beside.value;
  return ok({
    ...rest,
    ...(anchorSeen === undefined ? {} : { anchorSeen }),
    replay: read.value.state,
    tiles: { tiles, edges },
    findings: findings.map((finding) => ({ ...finding, code: finding.code as FaultCode })),
    ...(signatures === undefined
      ? {}
      : {
          signatures: {
            signatures: signatures.signatures,
            keys: new Map(signatures.keys.map(({ signer, spki }) => [signer, spki])),
          },
        }),
  });
}
