import { z } from 'zod';
import {
  commit,
  contractName,
  count,
  digest,
  repository,
  runId,
  runState,
  signerId,
  time,
  wholeNumber,
} from './fields.ts';
import { entriesSince, retired, verdict } from './images.ts';
import { ANY_ROLE, defineRoute } from './route.ts';
import { signerState } from './signers.ts';
import { waiverId } from './waivers.ts';

const hit = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape });

const hits = z.union([
  hit('image', {
    digest,
    repository,
    signedAt: time
      .exactOptional()
      .meta({ description: 'Its newest signature; absent where it was never signed there.' }),
    verdict: verdict.exactOptional(),
    entriesSince,
    retired,
  }),
  hit('tag', {
    tag: z.string().meta({ description: 'The tag that the signature of the image names.', example: '1.4.2' }),
    repository,
    digest,
    signedAt: time,
  }),
  hit('commit', {
    commit,
    repository,
    runs: count.meta({ description: 'Runs that were opened of it; 0 where it was only attested.' }),
  }),
  hit('run', { run: runId, repository, commit, state: runState }),
  hit('waiver', { waiver: waiverId, repository, digest }),
  hit('signer', { signer: signerId, state: signerState, title: z.string().exactOptional() }),
  hit('repository', { repository }),
  hit('contract', { contract: contractName }),
]);

export const search = defineRoute({
  operation: 'search',
  method: 'get',
  path: '/v1/search',
  tag: 'Search',
  summary: 'Find what is known under a digest, a commit, an id or a name, or under one that begins so',
  description:
    'Digests, commits and ids of signers by 4 or more hex digits, ids of runs and waivers and names of repositories and contracts by 2 or more characters, in upper or lower case; ' +
    '`repository@sha256:…` and `repository:tag` mean one repository. Tags are those that signatures name by the annotation `org.opencontainers.image.ref.name`, as typed. An image that was never signed, and a commit that no run was opened of, are found by the whole of them. ' +
    'What lies outside of the caller’s repositories is not told of. Looked up in projections: what a hit leads to is proved.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    q: z.string().min(1).max(400).meta({ description: 'What to look for.', example: 'shop/api@sha256:4f4f4f' }),
    limit: wholeNumber({ min: 1, max: 50 }, 'Most hits of each type, 1 to 50. 10 where absent.').default(10),
  }),
  answers: {
    200: {
      description: 'The hits, type by type, each type in the order of its bytes.',
      schema: z
        .strictObject({
          items: z.array(hits),
          more: z
            .array(z.enum(['image', 'tag', 'commit', 'run', 'waiver', 'signer', 'repository', 'contract']))
            .meta({ description: 'Types of which there are more than are shown.' }),
        })
        .meta({ id: 'SearchAnswer' }),
    },
  },
  faults: ['search/not-searchable', 'search/too-short'],
});
