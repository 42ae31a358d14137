import { z } from 'zod';
import { CHECK_CODES, OUTCOMES } from '../core/custody/check.ts';
import { comparison, previousRelease } from './comparison.ts';
import {
  commit,
  count,
  digest,
  environment,
  principalName,
  recorded,
  repository,
  runId,
  runState,
  seq,
  sha256Hex,
  time,
  view,
} from './fields.ts';
import { verdict } from './images.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { changes } from './releases.ts';
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
  rule: z.string().exactOptional(),
  waiver: z.string().exactOptional().meta({ description: 'The waiver that was tested, or that exempts the check.' }),
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
    environment: z.string().exactOptional(),
    predicateType: z.string().exactOptional(),
    signer: z.string().exactOptional(),
    principal: z.string(),
    assurance: z.string().exactOptional(),
    via: z.string().exactOptional(),
    promotedFrom: z
      .string()
      .exactOptional()
      .meta({ description: 'The repository where it was recorded, where a contract takes images from there.' }),
    person: z.string().exactOptional().meta({ description: 'The pseudonym of the human behind the principal.' }),
    run: runId.exactOptional(),
    attempt: z
      .int()
      .min(1)
      .exactOptional()
      .meta({ description: 'Of what opened or ended a run: which attempt it is.' }),
    outcome: runState.exactOptional(),
    sound: z.boolean(),
  })
  .meta({ id: 'TimelineStep' });

const judgedAct = {
  seq,
  time,
  principal: z.string(),
  person: z.string().exactOptional().meta({ description: 'The pseudonym of the human behind the principal.' }),
  assurance: z.literal('service').meta({
    description: 'Signed by the service on behalf of the authenticated principal, and by no key of their own.',
  }),
};
const act = z.strictObject(judgedAct).meta({ id: 'JudgedAct' });

const judgedRelease = z
  .strictObject({
    ...judgedAct,
    environment: z.string(),
    verdict: seq,
    previous: previousRelease.exactOptional(),
    changes: changes.exactOptional().meta({ description: 'What differs from the previous release, as recorded then.' }),
  })
  .meta({ id: 'JudgedRelease' });

const retirement = z
  .strictObject({ ...judgedAct, environment: z.string().exactOptional().meta({ description: 'Absent: everywhere.' }) })
  .meta({ id: 'Retirement' });

const judgedWaiver = z
  .strictObject({
    waiver: z.string(),
    contract: z.string(),
    check: z.string(),
    stage: z.string().exactOptional(),
    rule: z.string().exactOptional(),
    expires: time,
    breakGlass: z.boolean(),
    approveBefore: time.exactOptional(),
    reason: z.string().exactOptional(),
    requested: act,
    approved: act.exactOptional(),
    revoked: act.exactOptional(),
    inForce: z.boolean(),
    awaitsApproval: z.literal(true).exactOptional().meta({ description: 'Nothing but a second person is missing.' }),
    fault: z.string().exactOptional().meta({ description: 'Why it exempts nothing, as a code.' }),
    exempts: z.boolean().meta({ description: 'Whether a check of this result is waived by it.' }),
  })
  .meta({ id: 'JudgedWaiver' });
const attempt = z
  .strictObject({
    commit,
    number: z.int().min(1).meta({ description: 'Which run of the commit it is, from 1.' }),
    run: runId,
    outcome: runState,
    opened: time,
    expires: time,
    ended: time.exactOptional(),
    openedSeq: seq,
    openedBy: principalName,
    endedSeq: seq.exactOptional(),
    endedBy: principalName.exactOptional(),
    ofImage: z.boolean().meta({ description: 'Whether something about the image names this run.' }),
    sound: z.boolean().meta({ description: 'Whether everything about the runs of the commit is in order.' }),
    promotedFrom: repository
      .exactOptional()
      .meta({ description: 'The repository it was a run of, where that is another.' }),
  })
  .meta({ id: 'Attempt' });

const verification = z
  .strictObject({
    subject: z.string(),
    repository: z.string(),
    asOf: z
      .strictObject({ size: count, view, root: sha256Hex.exactOptional(), time: time.exactOptional() })
      .exactOptional()
      .meta({ description: 'The past state that was asked about; root and time where it is proved.' }),
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
    contracts: z.array(
      z.strictObject({
        contract: z.string(),
        version: z.int(),
        seq,
        sha256: sha256Hex.meta({ description: 'SHA-256 of its document.' }),
      }),
    ),
    timeline: z.array(timelineStep),
    releases: z.array(judgedRelease),
    retirements: z.array(retirement),
    waivers: z.array(judgedWaiver).meta({ description: 'Every waiver that was asked for, in force or not.' }),
    attempts: z.array(attempt).meta({
      description: 'Every run of the commits that the image comes from, there and where it was promoted from.',
    }),
    comparison: comparison.exactOptional(),
    elsewhere: z.array(seq).meta({ description: 'Entries about the digest in other repositories; they do not count.' }),
    validUntil: time.exactOptional().meta({ description: 'When a check that depends on time will change.' }),
    recorded: z
      .strictObject({
        ...recorded,
        bundle: z
          .looseObject({})
          .meta({ description: 'The verdict as a signed SLSA verification summary, in a Sigstore bundle v0.3.' }),
      })
      .exactOptional(),
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

const pastState = z
  .strictObject({
    size: z.int().min(1).exactOptional().meta({ description: 'Size of a published checkpoint.' }),
    time: time.exactOptional().meta({ description: 'The newest checkpoint that is not after it is meant.' }),
    view: view.exactOptional().meta({ description: '`then` where absent.' }),
  })
  .refine(({ size, time: at }) => (size === undefined) !== (at === undefined), {
    error: 'a size or a time, and not both',
  })
  .meta({ id: 'AsOf', description: 'A past state of the ledger, and by whose knowledge it is judged.' });

export const verifyImage = defineRoute({
  operation: 'verifyImage',
  method: 'post',
  path: '/v1/verifications',
  tag: 'Verification',
  summary: 'Run every custody check of an image',
  description:
    'Answers 200 whatever the verdict. With `record` the verdict becomes an entry (roles pipeline, release-manager and admin), and the answer is 201. With `asOf` the question is about a past state; as known then it can be recorded too.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        subject: digest,
        repository: repository.exactOptional(),
        asOf: pastState.exactOptional(),
        record: z.boolean().exactOptional(),
        environment: environment.exactOptional().meta({
          description:
            'Where the image is to run: one that was retired there fails, and rules compare with what was released there. Named in the recorded verdict.',
        }),
      })
      .meta({ id: 'VerificationRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    200: { description: 'The result.', schema: verification },
    201: { description: 'The result, recorded.', schema: verification, location: true },
  },
  faults: [
    'image/unknown',
    'image/repository-ambiguous',
    'asof/not-published',
    'verdict/not-replayable',
    'evidence/too-many-entries',
    'evidence/too-large',
  ],
});

const gateAnswer = z
  .strictObject({
    verdict,
    reasons: z.array(reason),
    waivers: z.array(judgedWaiver).meta({ description: 'The waivers without which the answer would be no.' }),
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
  query: z.strictObject({
    repository: repository.exactOptional(),
    environment: environment.exactOptional().meta({
      description:
        'Where it shall run: an image that was retired there is a no, and rules compare with what was released there.',
    }),
  }),
  answers: {
    200: { description: 'Yes.', schema: gateAnswer },
    412: { description: 'No, with every reason; mere consequences of one are left out.', schema: gateAnswer },
  },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});
