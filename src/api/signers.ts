import { z } from 'zod';
import { globs, page, pageQuery, recorded, signerId, stages, time, title } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const signerFields = {
  signer: signerId,
  use: z.string().meta({ description: '`attest` for a pipeline’s key; the others are the service’s own.' }),
  algorithm: z.string(),
  publicKeyPem: z.string(),
  repositories: z.array(z.string()),
  stages: z.array(z.string()),
  title: z.string().exactOptional(),
  registeredAt: time,
  revokedFrom: time.exactOptional(),
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
      })
      .meta({ id: 'SignerRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Registered.', schema: recordedSigner, location: true },
    200: { description: 'Was registered so before.', schema: recordedSigner },
  },
  faults: ['crypto/malformed-key', 'crypto/weak-key', 'signer/already-registered'],
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
      })
      .meta({ id: 'SignerRevocation' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: { 200: { description: 'Revoked.', schema: recordedSigner } },
  faults: ['signer/unknown', 'signer/later-than-before'],
});
