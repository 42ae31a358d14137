import { z } from 'zod';
import { ROTATION_PAYLOAD_TYPE } from '../core/trust/rotation-document.ts';
import {
  control,
  count,
  digest,
  environment,
  globs,
  page,
  pageQuery,
  recorded,
  repository,
  seq,
  signerId,
  stage,
  stages,
  time,
  title,
} from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { releaseState } from './releases.ts';
import { ANY_ROLE, CHANGE_REFUSALS, defineRoute } from './route.ts';

/** A hundred years. */
const age = z.int().min(1).max(3_162_240_000).exactOptional();

/** Where a signer stands. */
export const signerState = z.enum(['in-force', 'due', 'overlap', 'rotated', 'expired', 'revoked', 'disowned']).meta({
  description:
    '`due`: it is to be rotated; `overlap`: the successor counts already, and this one still does; ' +
    '`rotated`: the successor alone counts; `expired`: too old to count; ' +
    '`disowned`: the key that it follows was revoked for the time of the rotation, so that it counts for nothing.',
});

const signerFields = {
  signer: signerId,
  use: z.string().meta({ description: '`attest` for a pipeline’s key; the others are the service’s own.' }),
  algorithm: z.string(),
  publicKeyPem: z.string(),
  repositories: z.array(z.string()),
  stages: z.array(z.string()),
  title: z.string().exactOptional(),
  state: signerState,
  registeredAt: time,
  ageSecondsWarn: age,
  ageSecondsMax: age,
  revokedFrom: time.exactOptional(),
  warnFrom: time.exactOptional().meta({ description: 'From when on it is to be rotated.' }),
  expiresAt: time.exactOptional().meta({ description: 'From when on it is too old to count.' }),
  follows: signerId.exactOptional().meta({ description: 'The signer whose place it took.' }),
  successor: signerId.exactOptional().meta({ description: 'The signer that took its place.' }),
  retiredFrom: time.exactOptional().meta({ description: 'From when on the successor alone counts.' }),
};
const signer = z.strictObject(signerFields).meta({ id: 'Signer' });
const recordedSigner = z.strictObject({ ...signerFields, ...recorded }).meta({ id: 'RecordedSigner' });
const signerParams = z.strictObject({ signer: signerId });

export const registerSigner = defineRoute({
  operation: 'registerSigner',
  method: 'post',
  path: '/v1/signers',
  tag: 'Signers',
  summary: 'Register a key that may attest stages of repositories',
  access: ['admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        publicKeyPem: z.string().min(1).max(4096).meta({ description: 'SubjectPublicKeyInfo in PEM.' }),
        repositories: globs,
        stages,
        title: title.exactOptional(),
        ageSecondsWarn: age.meta({ description: 'Age from which on it is shown as due for rotation.' }),
        ageSecondsMax: age.meta({ description: 'Age from which on what it signs does not count.' }),
        control: control.exactOptional(),
      })
      .meta({ id: 'SignerRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Registered.', schema: recordedSigner, location: true },
    200: { description: 'Was registered so before.', schema: recordedSigner },
  },
  faults: [
    'crypto/malformed-key',
    'crypto/weak-key',
    'crypto/unsupported-algorithm',
    'signer/already-registered',
    'signer/published-key',
    'signer/key-in-other-use',
    ...CHANGE_REFUSALS,
  ],
});

export const listSigners = defineRoute({
  operation: 'listSigners',
  method: 'get',
  path: '/v1/signers',
  tag: 'Signers',
  summary: 'List signers',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of signers.', schema: page(signer) } },
});

export const readSigner = defineRoute({
  operation: 'readSigner',
  method: 'get',
  path: '/v1/signers/{signer}',
  tag: 'Signers',
  summary: 'One signer',
  access: ANY_ROLE,
  params: signerParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The signer.', schema: signer } },
  faults: ['signer/unknown'],
});

const impactItem = z
  .strictObject({
    subject: z.string().meta({ description: 'Image digest, or `gitCommit:` and a commit.' }),
    repository,
    stage: stage.exactOptional().meta({ description: 'Absent for the signature of an image.' }),
    signer: signerId,
    seq,
    time,
    saved: z.boolean().meta({
      description:
        'Whether the entry stands in the ledger before the revocation takes effect, so that it still counts.',
    }),
    checkpoint: count.meta({ description: 'Size of the first published checkpoint that covers the entry.' }),
    releases: z
      .array(
        z
          .strictObject({
            seq,
            time,
            environment,
            state: releaseState,
            digest: digest
              .exactOptional()
              .meta({ description: 'Of a commit: the image that was built from it and released.' }),
          })
          .meta({ id: 'ImpactRelease' }),
      )
      .meta({
        description:
          'Releases after the entry, newest first: of an image the newest 32; of a commit as many of each of the newest 32 images that a run of it built.',
      }),
  })
  .meta({ id: 'ImpactItem' });

export const readImpact = defineRoute({
  operation: 'readImpact',
  method: 'get',
  path: '/v1/signers/{signer}/impact',
  tag: 'Signers',
  summary: 'What rests on a signer since a time',
  description:
    'Every subject of every entry that the signer signed at that time or later, within the caller’s scope, in the ledger’s order. ' +
    'It is looked up in projections and enters no verdict; each entry that is shown is proved.',
  access: ANY_ROLE,
  params: signerParams,
  query: z.strictObject({
    ...pageQuery,
    since: time.exactOptional().meta({
      description: 'Where absent, from when on the signer is revoked, or since it was registered.',
    }),
  }),
  answers: {
    200: {
      description: 'A page of what rests on it.',
      schema: z
        .strictObject({
          signer: signerId,
          signers: z.array(signerId).meta({
            description: 'The signer, and those that followed it by a rotation that the revocation takes with it.',
          }),
          since: time,
          effective: time.meta({ description: 'From when on it is revoked; `since` where it is not, as if it were.' }),
          revoked: z.boolean(),
          items: z.array(impactItem),
          next: z.string().exactOptional().meta({ description: 'Cursor of the next page; absent on the last.' }),
        })
        .meta({ id: 'Impact' }),
    },
  },
  faults: ['signer/unknown'],
});

/** Base64 of either alphabet; how much a rotation may hold is bounded with the body. */
const base64 = z.string().regex(/^[A-Za-z0-9+/_=-]*$/);

export const rotateSigner = defineRoute({
  operation: 'rotateSigner',
  method: 'post',
  path: '/v1/signers/{signer}/rotate',
  tag: 'Signers',
  summary: 'Let another key follow a signer, by an envelope that both keys signed',
  access: ['admin'],
  params: signerParams,
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        payloadType: z.string().max(255).meta({ example: ROTATION_PAYLOAD_TYPE }),
        payload: base64.meta({
          description:
            'Canonical JSON: `type`, `log`, `signer`, `successor` (a signer document) and `until`. See docs/spec/entry.md section 6.5.',
        }),
        signatures: z.array(z.strictObject({ keyid: z.string().max(255).exactOptional(), sig: base64 })),
        control: control.exactOptional(),
      })
      .meta({ id: 'SignerRotation', description: 'A DSSE envelope, signed by the old and by the new key.' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Rotated: the successor.', schema: recordedSigner, location: true },
    200: { description: 'Was rotated so before.', schema: recordedSigner },
  },
  faults: [
    'dsse/malformed-envelope',
    'dsse/no-signature',
    'dsse/too-many-signatures',
    'signer/malformed-rotation',
    'signer/rotation-differs',
    'signer/unknown',
    'signer/revoked',
    'signer/predecessor-revoked',
    'signer/rotated-twice',
    'signer/already-registered',
    'signer/overlap-out-of-range',
    'signer/published-key',
    'signer/key-in-other-use',
    'signer/wider-than-predecessor',
    'signer/rotation-not-signed',
    ...CHANGE_REFUSALS,
  ],
});

export const revokeSigner = defineRoute({
  operation: 'revokeSigner',
  method: 'post',
  path: '/v1/signers/{signer}/revoke',
  tag: 'Signers',
  summary: 'Revoke a signer from a time on, which may move earlier and never later',
  access: ['admin'],
  params: signerParams,
  query: z.strictObject({}),
  body: {
    form: 'json',
    optional: true,
    schema: z
      .strictObject({
        effective: time
          .exactOptional()
          .meta({ description: 'What it signed from then on does not count. The entry’s own time where absent.' }),
        control: control.exactOptional(),
      })
      .meta({ id: 'SignerRevocation' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 200: { description: 'Revoked.', schema: recordedSigner } },
  faults: ['signer/unknown', 'signer/later-than-before', ...CHANGE_REFUSALS],
});
