import type { Shown } from '../core/custody/control-course.ts';
import type { Standing } from '../core/custody/trust-state.ts';
import { formatBase64 } from '../core/encoding/base64.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
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
  optional,
  string,
} from '../core/encoding/decode.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { parseEntry } from '../core/entry/entry.ts';
import { ENTRY_KEY, NAME, SHA256_HEX } from '../core/entry/names.ts';
import type { ReplayFinding, ReplayState } from '../core/entry/replay.ts';
import { formatReplayState, parseReplayState } from '../core/entry/replay-state.ts';
import { type Fault, type FaultCode, fail, ok, type Result } from '../core/fault.ts';
import { HASH_BYTES } from '../core/merkle/hash.ts';
import { formatGrantDocument, parseGrantDocument } from '../core/trust/grant-document.ts';
import type { AgreementAuditState } from './audit-agreements.ts';
import type { DualAuditState } from './audit-dual-control.ts';
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
  /** Control keys in force, whether it takes two people, and who is who. */
  readonly agreements: AgreementAuditState;
  /** Whether heads were compared with their MACs. */
  readonly macs: boolean;
  /** Size of the anchor that the ledger was compared with. */
  readonly anchorSeen?: number;
  /** Where signatures are verified: how many were, and the keys registered so far. */
  readonly signatures?: { readonly signatures: number; readonly keys: ReadonlyMap<string, Uint8Array> };
};

const principal = string({ max: 64, pattern: NAME });

const reader = object({
  type: literal('waybill/audit-state/v2'),
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
    trusted: array(principal, { max: 1_000_000 }),
  }),
  dual: object({
    isOn: boolean(),
    trusted: array(principal, { max: 1_000_000 }),
    standings: array(
      object({
        principal,
        seq: integer(),
        grant: optional(base64Bytes({ max: 65_536 })),
        code: optional(string({ max: 100 })),
      }),
      { max: 2_000_000 },
    ),
    proposals: array(
      object({
        key: string({ max: 160, pattern: ENTRY_KEY }),
        entry: json(),
        payload: optional(base64Bytes({ max: 2_000_000 })),
      }),
      { max: 100_000 },
    ),
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
  const { replay, tiles, findings, signatures, agreements, ...rest } = state;
  return formatReplayState(replay, {
    type: 'waybill/audit-state/v2',
    ...rest,
    control: { ...agreements.control },
    dual: dualJson(agreements.dual),
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
  const { type: _type, tiles, edges, findings, signatures, anchorSeen, control, dual: written, ...rest } = beside.value;
  const dual = readDual(written);
  if (!dual.ok) return dual;
  return ok({
    ...rest,
    agreements: { control, dual: dual.value },
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

function dualJson({ isOn, trusted, standings, proposals }: DualAuditState): Json {
  return {
    isOn,
    trusted,
    standings: [...standings].flatMap(([principal, list]) =>
      list.map(({ seq, grant }) => ({
        principal,
        seq,
        ...(typeof grant === 'string' ? { code: grant } : { grant: formatBase64(formatGrantDocument(grant)) }),
      })),
    ),
    proposals: [...proposals].map(([key, { entry, payload }]) => ({
      key,
      entry: entry as unknown as Json,
      ...(payload === undefined ? {} : { payload: formatBase64(payload) }),
    })),
  };
}

function readDual({ isOn, trusted, standings, proposals }: Decoded<typeof reader>['dual']): Result<DualAuditState> {
  const read = new Map<string, Standing[]>();
  for (const { principal: name, seq, grant, code } of standings) {
    const document = grant === undefined ? undefined : parseGrantDocument(grant);
    if (document?.ok === false || (document === undefined) === (code === undefined))
      return malformed('What a principal was does not read.');
    const standing: Standing = { seq, grant: document === undefined ? (code as FaultCode) : document.value };
    read.set(name, [...(read.get(name) ?? []), standing]);
  }
  const open = new Map<string, Shown>();
  for (const { key, entry: value, payload } of proposals) {
    const entry = parseEntry(encodeUtf8(formatCanonicalJson(value)));
    if (!entry.ok) return malformed('A proposal does not read.', entry.fault);
    open.set(key, { entry: entry.value, payload });
  }
  return ok({ isOn, trusted, standings: read, proposals: open });
}

function malformed(message: string, cause?: Fault): Result<never> {
  return fail('monitor/malformed-state', message, undefined, cause);
}
