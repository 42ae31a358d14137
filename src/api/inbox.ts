import { z } from 'zod';
import { commit, digest, environment, repository, runId, seq, signerId, time, wholeNumber } from './fields.ts';
import { ANY_ROLE, defineRoute } from './route.ts';
import { waiverId } from './waivers.ts';

const kind = z
  .enum([
    'break-glass',
    'approve-waiver',
    'confirm-change',
    'image-fails',
    'waiver-expires',
    'run-expires',
    'signer-ages',
  ])
  .meta({
    description:
      '`break-glass`: a waiver is in force without a second person; `approve-waiver`: one waits for the caller’s approval; ' +
      '`confirm-change`: another administrator proposed a change of trust; `image-fails`: the last verdict on the newest image of a repository, or on one that is released, is fail; ' +
      '`waiver-expires`: one in force ends soon; `run-expires`: a run ends within the hour and nobody closed it; ' +
      '`signer-ages`: a pipeline’s key is due for rotation, or soon too old.',
  });

const item = z
  .strictObject({
    kind,
    todo: z.string().meta({ description: 'What to do, in a sentence.' }),
    since: time.meta({ description: 'When it began to wait.' }),
    until: time.exactOptional().meta({ description: 'Until when it is to be done; absent where nothing ends.' }),
    repository: repository.exactOptional(),
    digest: digest.exactOptional(),
    environments: z.array(environment).exactOptional().meta({ description: 'Where the image is released now.' }),
    waiver: waiverId.exactOptional(),
    run: runId.exactOptional(),
    commit: commit.exactOptional(),
    signer: signerId.exactOptional(),
    change: z
      .string()
      .exactOptional()
      .meta({ description: 'The list that a change is for.', example: 'contract:shop' }),
    seq: seq
      .exactOptional()
      .meta({ description: 'The entry that it is about: request, proposal, verdict or opening.' }),
  })
  .meta({ id: 'InboxItem' });

export const readInbox = defineRoute({
  operation: 'readInbox',
  method: 'get',
  path: '/v1/inbox',
  tag: 'Inbox',
  summary: 'What awaits the caller, what is due first first',
  description:
    'By the caller’s role and within their repositories. Looked up in projections, and judged anew by whatever is then done: an approval may still be refused.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    days: wholeNumber(
      { min: 1, max: 90 },
      'How many days ahead waivers and keys count as ending, and how many days back a failed verdict counts as new, 1 to 90. 7 where absent.',
    ).default(7),
    limit: wholeNumber({ min: 1, max: 50 }, 'Most items of each kind, 1 to 50. 20 where absent.').default(20),
  }),
  answers: {
    200: {
      description: 'What waits.',
      schema: z
        .strictObject({
          items: z.array(item),
          more: z.array(kind).meta({
            description:
              'Kinds of which there is more than is shown, or may be: not all that could concern the caller was looked at. Their own lists have all.',
          }),
          evaluatedAt: time,
        })
        .meta({ id: 'Inbox' }),
    },
  },
});
