import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { array, type Decoded, decode, object, oneOf, optional, string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { NAME, REPOSITORY_GLOB, SHA256_HEX } from '../entry/names.ts';
import { fail, ok, type Result } from '../fault.ts';
import { CONTRACT_GLOBS_MAX, CONTRACT_STAGES_MAX } from '../limits.ts';
import { scopeTitle } from '../trust/scope.ts';

/** Media type of the payload of `contract.published`. */
export const CONTRACT_MEDIA_TYPE = 'application/vnd.waybill.contract+json';

const stageName = string({ max: 64, pattern: NAME });

const stageReader = object({
  stage: stageName,
  /** Predicate types that count for the stage; absent: any. */
  predicateTypes: optional(distinctArray(string({ min: 1, max: 255 }), { min: 1, max: 32 })),
  /** Signers that count for the stage, by id; absent: any that may attest the stage. */
  signers: optional(distinctArray(string({ max: 64, pattern: SHA256_HEX }), { min: 1, max: 64 })),
  /** Weakest assurance that counts: `pipeline` asks for the pipeline's own key; `service`, the default, also takes the service's. */
  assurance: optional(oneOf(['pipeline', 'service'])),
  /** Stages that must have been attested before. */
  after: optional(distinctArray(stageName, { min: 1, max: CONTRACT_STAGES_MAX })),
  /** Whether every attestation of the stage must satisfy it (the default), or the newest alone. */
  count: optional(oneOf(['all', 'latest'])),
  /** What the stage is about; only the image in this version. */
  on: optional(oneOf(['image'])),
});

const contractReader = object({
  contract: stageName,
  title: optional(scopeTitle),
  repositories: distinctArray(string({ max: 255, pattern: REPOSITORY_GLOB }), { min: 1, max: CONTRACT_GLOBS_MAX }),
  stages: array(stageReader, { max: CONTRACT_STAGES_MAX }),
});

/** What a stage must bring. */
export type ContractStage = Decoded<typeof stageReader>;
/** What the images of some repositories must bring: a signature always, and every stage named. */
export type Contract = Decoded<typeof contractReader>;

/** Scheme and rest, without spaces (RFC 3986 section 4.3, loosely). A short name would never match anything. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/;

/**
 * A contract from its JSON value. Faults: `contract/malformed` with the cause, `contract/duplicate-stage`, `contract/unknown-predicate-type`,
 * `contract/unknown-stage` (in `after`), `contract/cyclic-order`. Source: docs/spec/contract.md.
 */
export function readContract(value: Json): Result<Contract> {
  const contract = decode(contractReader, value);
  if (!contract.ok)
    return fail('contract/malformed', 'The document is not a contract.', contract.fault.at, contract.fault);
  const { stages } = contract.value;
  for (const [index, { predicateTypes }] of stages.entries()) {
    const short = predicateTypes?.findIndex((type) => !ABSOLUTE_URI.test(type)) ?? -1;
    if (short >= 0) {
      const at = `/stages/${index}/predicateTypes/${short}`;
      return fail('contract/unknown-predicate-type', 'A predicate type is a URI, spelled out.', at);
    }
  }
  const names = new Set<string>();
  for (const [index, { stage }] of stages.entries()) {
    if (names.has(stage))
      return fail('contract/duplicate-stage', `The stage ${stage} stands twice.`, `/stages/${index}/stage`);
    names.add(stage);
  }
  for (const [index, { stage, after }] of stages.entries()) {
    const unknown = after?.find((name) => !names.has(name));
    if (unknown !== undefined)
      return fail(
        'contract/unknown-stage',
        `${stage} comes after ${unknown}, which is no stage here.`,
        `/stages/${index}/after`,
      );
  }
  return isCyclic(stages)
    ? fail('contract/cyclic-order', 'The stages come after each other in a circle.', '/stages')
    : ok(contract.value);
}

/** A contract from canonical bytes, as the ledger holds it. */
export function parseContract(bytes: Uint8Array): Result<Contract> {
  const value = parseCanonicalJson(bytes);
  return value.ok
    ? readContract(value.value)
    : fail('contract/malformed', 'The document is not canonical JSON.', undefined, value.fault);
}

/** Canonical bytes of a contract. */
export function formatContract(contract: Contract): Uint8Array {
  return encodeUtf8(formatCanonicalJson(contract as unknown as Json));
}

/** Takes away stages whose predecessors are gone until nothing moves; what remains goes in a circle. */
function isCyclic(stages: readonly ContractStage[]): boolean {
  let left = stages;
  for (;;) {
    const names = new Set(left.map(({ stage }) => stage));
    const blocked = left.filter(({ after }) => after?.some((name) => names.has(name)) === true);
    if (blocked.length === left.length) return left.length > 0;
    left = blocked;
  }
}
