import type { Evaluated } from '../contract/evaluated.ts';
import type { Counted } from './counted.ts';
import type { TrustState } from './trust-state.ts';

/** What a contract looks at of an entry that counts. */
export function toEvaluated(
  { entry, predicateType, predicate, assurance, first, sound, on }: Counted,
  trusted: TrustState,
): Evaluated {
  const signer = trusted.signer(entry.signer ?? '');
  return {
    seq: entry.seq,
    repository: entry.repository ?? '',
    ...(entry.stage === undefined ? {} : { stage: entry.stage }),
    predicateType,
    ...(predicate === undefined ? {} : { predicate }),
    signer: entry.signer ?? '',
    ...(typeof signer === 'string' ? {} : { follows: signer.follows }),
    assurance,
    first,
    sound,
    on,
  };
}
