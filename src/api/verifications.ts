import { z } from 'zod';
import { CHECK_CODES, OUTCOMES } from '../core/custody/check.ts';
import { count, digest, recorded, repository, seq, sha256Hex, time } from './fields.ts';
import { verdict } from './images.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const about = {
  code: z.enum(CHECK_CODES).meta({ description: 'The check.', example: 'contract/stage' }),
  outcome: z.enum(OUTCOMES).meta({ description: '`not-run` is never a pass.' }),
  reason: z
    .string()
    .exactOptional()
    .meta({ description: 'Why, as a code; there unless it passed.', example: 'contract/stage-missing' }),
  seq: seq.exactOptional().meta({ description: 'The entry that was tested.' }),
  key: z.string().exactOptional().meta({ description: 'The list that was tested.' }),
  contract: z.string().exactOptional(),
  stage: z.string().exactOptional(),
  detail: z.string().exactOptional().meta({ description: 'A digest, a name or a time that the reason is about.' }),
};

const checkpoint = z.strictObject({ size: count, root: sha256Hex, time: time.exactOptional() });

const yesOrNo = (description: string) => z.boolean().meta({ description });

const assurances = z
  .strictObject({
    pinned: yesOrNo('The checkpoint is signed by a log key that the reader brought.'),
    witnessed: yesOrNo('A quorum of witnesses cosigned the checkpoint.'),
    replayed: yesOrNo('A monitor replayed the log.'),
    controlSigned: yesOrNo('Changes of trust carry control keys’ signatures.'),
    complete: yesOrNo('The lists are proved to be whole.'),
    ownKeys: yesOrNo('Every attestation that counts is signed by a pipeline’s own key.'),
    placed: yesOrNo('Every attestation that counts names its own repository and stage.'),
  })
  .meta({ id: 'Assurances' });

const timelineStep = z
  .strictObject({
    seq,
    time,
    kind: z.string(),
    stage: z.string().exactOptional(),
    predicateType: z.string().exactOptional(),
    signer: z.string().exactOptional(),
    principal: z.string(),
    assurance: z.string().exactOptional(),
    via: z.string().exactOptional(),
    sound: z.boolean(),
  })
  .meta({ id: 'TimelineStep' });

const verification = z
  .strictObject({
    subject: z.string(),
    repository: z.string(),
    origin: z.string().exactOptional(),
    checkpoint: checkpoint.exactOptional(),
    evaluatedAt: time,
    evaluator: z.string(),
    verdict,
    intact: z.boolean().meta({ description: 'Whether everything shown holds together, whatever a contract says.' }),
    checks: z.array(z.strictObject(about)),
    explanations: z
      .array(z.strictObject({ title: z.string(), text: z.string(), advice: z.string().exactOptional() }))
      .meta({ description: 'Each check in words, in the same order.' }),
    assurances,
    contracts: z.array(z.strictObject({ contract: z.string(), version: z.int(), seq })),
    timeline: z.array(timelineStep),
    elsewhere: z.array(seq).meta({ description: 'Entries about the digest in other repositories; they do not count.' }),
    validUntil: time.exactOptional().meta({ description: 'When a check that depends on time will change.' }),
    recorded: z.strictObject(recorded).exactOptional(),
  })
  .meta({ id: 'Verification', description: 'Every check with its outcome. See docs/spec/custody-checks.md.' });

const reason = z.strictObject({
  ...about,
  text: z.string().meta({
    description: 'What it means and what to do, for people.',
    example:
      'Contract shop, stage test: nothing was attested for it. Run the stage and attest its result: waybill attest.',
  }),
});

export const verifyImage = defineRoute({
  operation: 'verifyImage',
  method: 'post',
  path: '/v1/verifications',
  tag: 'Verification',
  summary: 'Run every custody check of an image',
  description:
    'Answers 200 whatever the verdict. With `record` the verdict becomes an entry (roles pipeline, release-manager and admin), and the answer is 201.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({ subject: digest, repository: repository.exactOptional(), record: z.boolean().exactOptional() })
      .meta({ id: 'VerificationRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    200: { description: 'The result.', schema: verification },
    201: { description: 'The result, recorded.', schema: verification, location: true },
  },
  faults: ['image/unknown', 'image/repository-ambiguous', 'evidence/too-many-entries', 'evidence/too-large'],
});

const gateAnswer = z
  .strictObject({
    verdict,
    reasons: z.array(reason),
    checkpoint: checkpoint.exactOptional().meta({ description: 'The tree that was judged.' }),
    validUntil: time.exactOptional(),
  })
  .meta({ id: 'Gate' });

export const askGate = defineRoute({
  operation: 'askGate',
  method: 'get',
  path: '/v1/gate/{digest}',
  tag: 'Verification',
  summary: 'May this image pass? 200 yes, 412 no',
  description:
    'Made for `curl --fail`. Everything but `pass` and `waived` is a no, an image that no contract covers included.',
  access: ANY_ROLE,
  params: z.strictObject({ digest }),
  query: z.strictObject({ repository: repository.exactOptional() }),
  answers: {
    200: { description: 'Yes.', schema: gateAnswer },
    412: { description: 'No, with every reason; mere consequences of one are left out.', schema: gateAnswer },
  },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});
