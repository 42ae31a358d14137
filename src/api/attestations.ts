import { z } from 'zod';
import { recorded, repository, runId, signerId, stage } from './fields.ts';
import { ATTESTATION_BODY_BYTES_MAX, BATCH_BODY_BYTES_MAX, BATCH_LINES_MAX } from './limits.ts';
import { problem } from './problem.ts';
import { defineRoute } from './route.ts';

const attestationMembers = {
  ...recorded,
  subjects: z.array(z.string()),
  repository,
  stage,
  run: runId.exactOptional(),
  predicateType: z.string(),
  assurance: z.string().meta({ description: 'Who signed: `pipeline` with its own key, or `service` for the caller.' }),
  signer: signerId,
  recognised: z
    .string()
    .meta({ description: 'What the body was taken for: envelope, bundle, predicate, or a tool’s format.' }),
};

const attestation = z.strictObject(attestationMembers).meta({ id: 'Attestation' });

const line = z.int().min(1).meta({ description: 'Line of the batch, from 1.' });

/** One line of the answer to a batch: what the line would have been answered as a request of its own. */
export const batchLine = z
  .union([
    z.strictObject({ line, status: z.union([z.literal(200), z.literal(201)]), ...attestationMembers }),
    z.strictObject({ line, status: z.int().min(400).max(599), problem }),
  ])
  .meta({ id: 'BatchLine' });

export const submitAttestation = defineRoute({
  operation: 'submitAttestation',
  method: 'post',
  path: '/v1/attestations',
  tag: 'Attestations',
  summary: 'Record what a stage found',
  description:
    'The body is a DSSE envelope, a Sigstore bundle, a JSON object `{subject, repository, stage, run?, predicateType, predicate}`, or a tool’s own file (SBOM, SARIF, JUnit and others), which the service wraps and signs. What it is, is read from the bytes; the content type is not looked at. Answers once the entry is durable, included and checkpointed. A repeated submission answers 200 with the first receipt.',
  access: ['pipeline', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({
    repository: repository.exactOptional().meta({ description: 'Needed where the body does not name it.' }),
    stage: stage.exactOptional().meta({ description: 'Needed where the body does not name it.' }),
    run: runId.exactOptional().meta({ description: 'The open run that found it; of the same repository.' }),
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
    'run/unknown',
    'run/ended',
    'run/other-repository',
    'run/other-commit',
    'auth/stage-out-of-scope',
  ],
});

export const submitAttestations = defineRoute({
  operation: 'submitAttestations',
  method: 'post',
  path: '/v1/attestations/batch',
  tag: 'Attestations',
  summary: 'Record what stages found, many at once',
  description: `Newline-delimited JSON, up to ${BATCH_LINES_MAX} lines of 1 MiB each. A line is what \`POST /v1/attestations\` takes as JSON, or \`{attestation, repository?, stage?, subject?, run?}\`: \`attestation\` is then that JSON, recorded in its canonical form, or any file as base64, and the others stand for the parameters. Each line is judged alone and answered with a line, in order, as \`{line, status, …}\` with the members of a single answer, or \`{line, status, problem}\`; an answered line is durable, included and checkpointed. Answers begin before the last line is done, and the status of the whole is 200 whatever the lines come to. A batch that broke off may be sent again: what was recorded answers 200 with its first receipt.`,
  access: ['pipeline', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'bytes',
    description: 'One attestation a line.',
    mediaTypes: ['application/x-ndjson', 'application/jsonl', 'application/json'],
    bytesMax: BATCH_BODY_BYTES_MAX,
  },
  answers: {
    200: { description: 'A line for each line: `BatchLine`.', mediaType: 'application/x-ndjson', schema: batchLine },
  },
  faults: ['http/too-many-lines'],
});
