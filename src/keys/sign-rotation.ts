import { type Envelope, formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { formatRotation, ROTATION_PAYLOAD_TYPE } from '../core/trust/rotation-document.ts';
import type { SigningKey } from '../service/ports.ts';

/** What a rotation says beside its two keys. `until` is RFC 3339 in UTC with milliseconds. */
export type RotationTerms = {
  readonly log: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  readonly ageSecondsWarn?: number;
  readonly ageSecondsMax?: number;
  readonly until: string;
};

/** The JSON text of the envelope by which `old` hands over to `successor`: both sign it. */
export function signRotation(
  old: Pick<SigningKey, 'signer' | 'sign'>,
  successor: Pick<SigningKey, 'publicKey' | 'sign'>,
  { log, until, ...scope }: RotationTerms,
): string {
  const payload = formatRotation({
    log,
    signer: old.signer,
    successor: { key: successor.publicKey, ...scope },
    until,
  });
  const message = pae(ROTATION_PAYLOAD_TYPE, payload);
  const signatures = [old, successor].map(({ sign }) => ({ keyid: '', sig: sign(message) }));
  return formatEnvelope({ payloadType: ROTATION_PAYLOAD_TYPE, payload, signatures } satisfies Envelope);
}
