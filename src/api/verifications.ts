import { z } from 'zod';
import { digest, json, recorded, repository } from './fields.ts';
import { verdict } from './images.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const reason = z.strictObject({
  code: z.string().meta({ description: 'The check.', example: 'contract/stage' }),
  reason: z.string().exactOptional().meta({ description: 'Why, as a code.', example: 'contract/stage-missing' }),
  outcome: z.string().meta({ description: '`fail` or `not-run`; neither is a pass.' }),
  stage: z.string().exactOptional(),
  contract: z.string().exactOptional(),
  seq: z.int().exactOptional(),
  text: z.string().meta({ description: 'What it means and what to do, for people.' }),
});

const verification = z
  .looseObject({
    verdict,
    checks: z.array(z.looseObject({ code: z.string(), outcome: z.string() })),
    explanations: z.array(z.string()).meta({ description: 'A sentence for each check, in the same order.' }),
    recorded: z.strictObject(recorded).exactOptional(),
  })
  .meta({ id: 'Verification', description: 'Every check with its outcome. See docs/spec/custody-checks.md.' });

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
  faults: ['image/unknown', 'image/repository-ambiguous', 'evidence/too-many-entries'],
});

const gateAnswer = z
  .strictObject({
    verdict,
    reasons: z.array(reason),
    checkpoint: json.meta({ description: 'Size and root of the tree that was judged.' }),
    validUntil: z.string().exactOptional(),
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
    412: { description: 'No, with every reason.', schema: gateAnswer },
  },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});
