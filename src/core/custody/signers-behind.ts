import type { KeyAlgorithm } from '../crypto/public-key.ts';
import type { SignerRegistered } from '../entry/kinds/signer-registered.ts';
import type { FaultCode } from '../fault.ts';
import type { RegisteredSigner } from './signer-state.ts';
import type { JudgedCustody } from './verify-custody.ts';

/** A key that signed something of the custody shown, as of the checkpoint. */
export type SignerBehind = {
  /** Its id, 64 hex digits. */
  readonly signer: string;
  /** The entries of the custody shown that it signed, ascending. */
  readonly seqs: readonly number[];
  /** What the ledger holds of it, where it was properly registered; otherwise why not. */
  readonly registered?: {
    readonly seq: number;
    readonly use: SignerRegistered['use'];
    readonly algorithm: KeyAlgorithm;
    readonly title?: string;
    readonly repositories: readonly string[];
    readonly stages: readonly string[];
  };
  readonly fault?: FaultCode;
  /** Whether what it signs at the time of evaluation counts, and from when on it does not where that is known. */
  readonly state: 'in force' | 'rotated' | 'revoked' | 'too old' | 'not established';
  readonly until?: string;
};

/** Every key that signed something of the custody shown, in the order of its first entry. */
export function signersBehind({ result, trusted }: JudgedCustody): readonly SignerBehind[] {
  const seqs = new Map<string, number[]>();
  for (const { seq, signer } of result.timeline)
    if (signer !== undefined) seqs.set(signer, [...(seqs.get(signer) ?? []), seq]);
  return [...seqs].map(([signer, of]): SignerBehind => {
    const found = trusted.signer(signer);
    if (typeof found === 'string') return { signer, seqs: of, fault: found, state: 'not established' };
    const { key, title, repositories, stages } = found.document;
    return {
      signer,
      seqs: of,
      registered: {
        seq: found.registeredSeq,
        use: found.use,
        algorithm: key.algorithm,
        ...(title === undefined ? {} : { title }),
        repositories,
        stages,
      },
      ...stateOf(found, result.evaluatedAt),
    };
  });
}

/** What ends a key first is told; an end that is still to come is told with its time. */
function stateOf(
  { revokedFrom, retired, expiresAt, isDisowned }: RegisteredSigner,
  at: string,
): Pick<SignerBehind, 'state' | 'until' | 'fault'> {
  if (isDisowned) return { state: 'revoked', fault: 'signer/revoked' };
  const ends = [
    { state: 'revoked', until: revokedFrom },
    { state: 'rotated', until: retired?.from },
    { state: 'too old', until: expiresAt },
  ] as const;
  const known = ends.flatMap(({ state, until }) => (until === undefined ? [] : [{ state, until }]));
  const [first] = known.sort((a, b) => (a.until < b.until ? -1 : 1));
  if (first === undefined) return { state: 'in force' };
  return first.until <= at ? first : { state: 'in force', until: first.until };
}
