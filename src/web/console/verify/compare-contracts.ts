import { compareContracts } from '../../../core/contract/compare-contracts.ts';
import { readContract } from '../../../core/contract/contract.ts';
import type { ContractChange } from '../../../core/contract/contract-change.ts';
import type { Json } from '../../../core/encoding/json.ts';
import { ok, type Result } from '../../../core/fault.ts';

/** What one version of a contract asks for differently from another. Faults: those of `readContract`. */
export function compareDocuments(before: Json, after: Json): Result<readonly ContractChange[]> {
  const [from, to] = [readContract(before), readContract(after)];
  if (!from.ok) return from;
  return to.ok ? ok(compareContracts(from.value, to.value)) : to;
}
