import type { SignerFaultCode } from '../../core/fault-codes/signer.ts';
import type { FaultRow } from './faults.ts';

/** The life of signers: rotation above all. */
export const SIGNER_FAULTS = {
  'signer/rotated': [
    422,
    'A successor had taken the signer’s place, and the overlap was over.',
    'Sign with the successor.',
  ],
  'signer/rotated-twice': [
    422,
    'The signer has a successor already.',
    'Rotate the successor, or register another key and revoke this one.',
  ],
  'signer/rotation-differs': [
    422,
    'The envelope of the rotation names another log, key, successor or time than is asked for.',
    'Sign a rotation of this signer in this log.',
  ],
  'signer/rotation-not-signed': [
    422,
    'Not both keys signed the rotation.',
    'Sign it with the old and with the new key; where the old one is lost, register the new one and revoke the old.',
  ],
  'signer/malformed-rotation': [
    422,
    'The envelope does not say which key follows which.',
    'Let waybill signer rotate make it, or correct what `at` points to.',
  ],
  'signer/wider-than-predecessor': [
    422,
    'The successor would reach farther, or grow older, than the key that it follows.',
    'Give it no more repositories, stages and age, or register it as a key of its own.',
  ],
  'signer/predecessor-revoked': [
    422,
    'The key that the signer follows was revoked for the time of the rotation.',
    'Register a new key, and attest again with it.',
  ],
  'signer/overlap-out-of-range': [
    422,
    'The old key would go on for more than 366 days.',
    'Choose an earlier end of the overlap.',
  ],
  'signer/published-key': [
    422,
    'The private part of the key is printed in a standard or in this program’s examples.',
    'Make a key of your own: waybill keys new.',
  ],
  'signer/key-in-other-use': [
    422,
    'The key is one of the service’s own, which sign nothing else.',
    'Make a key of your own: waybill keys new.',
  ],
  'signer/too-old': [
    422,
    'The signer was older than its registration allows.',
    'Rotate it, and sign again with the successor.',
  ],
  'attestation/signer-rotated': [422, 'A successor has taken the signer’s place.', 'Sign with the successor.'],
  'attestation/signer-too-old': [
    422,
    'The signer is older than its registration allows.',
    'Rotate it, and sign with the successor: waybill signer rotate.',
  ],
  'key/not-registered': [
    503,
    'The log does not name a key in the service’s folder, so that the service signs nothing with it.',
    'Whoever runs the service puts the file back, or rotates the key: waybill keys rotate.',
  ],
  'key/retired': [
    503,
    'A key of this replica counts no more: another one took its place, or it was revoked.',
    'Whoever runs the service gives the replica the new file, or draws one (waybill keys replace), and starts it again.',
  ],
} as const satisfies Readonly<Record<SignerFaultCode, FaultRow>>;
