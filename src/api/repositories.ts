import { z } from 'zod';
import { LEVELS, SEVERITIES } from '../core/facts/facts.ts';
import { count, digest, page, pageQuery, repository, seq, time, wholeNumber } from './fields.ts';
import { entriesSince, retired, verdict } from './images.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const repositoryView = z
  .strictObject({
    repository,
    images: count.meta({ description: 'Signed images, counted up to 1,000, which stands for that many or more.' }),
    activeAt: time.exactOptional().meta({
      description: 'When an image was last signed, a run opened or a verdict recorded; absent where none ever was.',
    }),
    newest: z.strictObject({ digest, signedAt: time }).exactOptional().meta({ description: 'The image signed last.' }),
    verdict: z
      .strictObject({ digest, verdict, seq, time, entriesSince, retired })
      .exactOptional()
      .meta({ description: 'The verdict recorded last, of whichever image.' }),
  })
  .meta({ id: 'Repository' });

export const listRepositories = defineRoute({
  operation: 'listRepositories',
  method: 'get',
  path: '/v1/repositories',
  tag: 'Repositories',
  summary: 'List repositories that the caller may read, by name',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of repositories.', schema: page(repositoryView) } },
});

const numbers = <const Names extends readonly string[]>(names: Names) =>
  Object.fromEntries(names.map((name) => [name, count])) as { readonly [Name in Names[number]]: typeof count };

const trendPoint = z
  .strictObject({
    digest,
    seq: seq.meta({ description: 'The newest signature of the image.' }),
    signedAt: time,
    shape: z.string(),
    verdict: verdict.exactOptional().meta({ description: 'Newest recorded verdict; absent where there is none.' }),
    entriesSince,
    retired,
    intact: z.boolean().exactOptional().meta({
      description: 'Whether the evidence behind the numbers holds together; where it does not there are none.',
    }),
    facts: z
      .strictObject({
        bytes: count.exactOptional().meta({ description: 'Config and layers in bytes, as they are transported.' }),
        layers: count.exactOptional(),
        components: count.exactOptional(),
        vulnerabilities: z
          .strictObject({ total: count, ...numbers(SEVERITIES), fixable: count, suppressed: count })
          .exactOptional()
          .meta({ description: 'After VEX, but for `suppressed`.' }),
        findings: z.strictObject({ total: count, ...numbers(LEVELS), suppressed: count }).exactOptional(),
        tests: z.strictObject(numbers(['total', 'passed', 'failed', 'skipped'])).exactOptional(),
      })
      .exactOptional()
      .meta({ description: 'A member is absent where nothing states it, never zero.' }),
    fault: z
      .string()
      .exactOptional()
      .meta({ description: 'Why evidence or documents were not read: a code.', example: 'evidence/too-large' }),
  })
  .meta({ id: 'TrendPoint' });

export const readTrend = defineRoute({
  operation: 'readTrend',
  method: 'get',
  path: '/v1/repositories/trend',
  tag: 'Repositories',
  summary: 'Size, components, vulnerabilities, findings and tests of the images of a repository, newest first',
  description:
    'The numbers of `GET /v1/images/{digest}/facts`, image by image. A page ends early where reading takes long; its `next` goes on.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    repository,
    cursor: pageQuery.cursor,
    limit: wholeNumber({ min: 1, max: 50 }, 'Most images of the page, 1 to 50. 20 where absent.').default(20),
  }),
  answers: { 200: { description: 'A page of images.', schema: page(trendPoint) } },
  faults: ['auth/repository-out-of-scope'],
});
