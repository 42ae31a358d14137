import { DSSE_MEDIA_TYPE, formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { formatRotation, ROTATION_PAYLOAD_TYPE } from '../../src/core/trust/rotation-document.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';

export type RotateOptions = {
  readonly until?: string;
  readonly repositories?: readonly string[];
  readonly stages?: readonly string[];
  readonly ageSecondsMax?: number;
  /** Names of the keys that sign; both unless told. */
  readonly signedBy?: readonly string[];
  readonly by?: string;
  /** What the envelope says otherwise than the entry. */
  readonly said?: {
    readonly log?: string;
    readonly signer?: string;
    readonly successor?: string;
    readonly until?: string;
  };
  readonly payloadType?: string;
  readonly bytes?: Uint8Array;
  readonly entry?: Partial<Draft>;
};

/** Lets the key of one name follow that of another. */
export function rotate(ledger: LedgerUnderTest, old: string, successor: string, options: RotateOptions = {}): number {
  const {
    until = '2026-12-31T00:00:00.000Z',
    repositories = ['shop/*'],
    stages = ['*'],
    by = 'bootstrap-admin',
  } = options;
  const { said = {}, signedBy = [old, successor], payloadType = ROTATION_PAYLOAD_TYPE, entry } = options;
  const ages = options.ageSecondsMax === undefined ? {} : { ageSecondsMax: options.ageSecondsMax };
  const payload = formatRotation({
    log: said.log ?? ledger.origin,
    signer: ledger.key(said.signer ?? old).signer,
    successor: { key: ledger.key(said.successor ?? successor).publicKey, repositories, stages, ...ages },
    until: said.until ?? until,
  });
  const message = pae(payloadType, payload);
  const signatures = signedBy.map((name) => ({ keyid: '', sig: ledger.key(name).sign(message) }));
  const bytes = options.bytes ?? encodeUtf8(formatEnvelope({ payloadType, payload, signatures }));
  return ledger.append({
    kind: 'signer.rotated',
    principal: by,
    body: { signer: ledger.key(old).signer, successor: ledger.key(successor).signer, until },
    document: { mediaType: DSSE_MEDIA_TYPE, bytes },
    ...entry,
  });
}
