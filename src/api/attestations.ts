import { z } from 'zod';
import { recorded, repository, signerId, stage } from './fields.ts';
import { ATTESTATION_BODY_BYTES_MAX } from './limits.ts';
import { defineRoute } from './route.ts';

const attestation = z
  .strictObject({
    ...recorded,
    subjects: z.array(z.string()),
    repository,
    stage,
    predicateType: z.string(),
    assurance: z
      .string()
      .meta({ description: 'Who signed: `pipeline` with its own key, or `service` for the caller.' }),
    signer: signerId,
    recognised: z
      .string()
      .meta({ description: 'What the body was taken for: envelope, bundle, predicate, or a tool’s format.' }),
  })
  .meta({ id: 'Attestation' });

export const submitAttestation = defineRoute({
  operation: 'submitAttestation',
  method: 'post',
  path: '/v1/attestations',
  tag: 'Attestations',
  summary: 'Record what a stage found',
  description:
    'The body is a DSSE envelope, a Sigstore bundle, a JSON object `{subject, repository, stage, predicateType, predicate}`, or a tool’s own file (SBOM, SARIF, JUnit and others), which the service wraps and signs. What it is, is read from the bytes; the content type is not looked at. Answers once the entry is durable, included and checkpointed. A repeated submission answers 200 with the first receipt.',
  access: ['pipeline', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({
    repository: repository.exactOptional().meta({ description: 'Needed where the body does not name it.' }),
    stage: stage.exactOptional().meta({ description: 'Needed where the body does not name it.' }),
    subject: z
      .string()
      .regex(/^(?:sha256:[0-9a-f]{64}|gitCommit:(?:[0-9a-f]{40}|[0-9a-f]{64}))$/)
      .exactOptional()
      .meta({ description: 'What the document is about; needed for a tool’s own file.' }),
  }),
  body: {
    form: 'bytes',
    description: 'The envelope, bundle, predicate or file, exactly as it is.',
    mediaTypes: ['application/json', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/octet-stream'],
    bytesMax: ATTESTATION_BODY_BYTES_MAX,
    example: {
      subject: `sha256:${'4f'.repeat(32)}`,
      repository: 'shop/api',
      stage: 'test',
      predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
      predicate: { result: 'PASSED', configuration: [] },
    },
  },
  answers: {
    201: { description: 'Recorded.', schema: attestation, location: true },
    200: { description: 'Was recorded before; the first receipt.', schema: attestation },
  },
  faults: [
    'statement/unrecognised-document',
    'dsse/no-trusted-signature',
    'attestation/signer-unknown',
    'attestation/subject-not-named',
    'attestation/filed-elsewhere',
    'auth/stage-out-of-scope',
  ],
});
