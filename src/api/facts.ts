import { z } from 'zod';
import { VIEWS } from '../core/custody/as-of.ts';
import { LEVELS, SEVERITIES, VEX_STATUSES } from '../core/facts/facts.ts';
import { count, digest, pastQuery, repository, seq } from './fields.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

export const numbers = <const N extends string>(names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, count])) as { readonly [name in N]: typeof count };

export const component = z
  .strictObject({
    name: z.string(),
    version: z.string().exactOptional(),
    purl: z.string().exactOptional().meta({ description: 'Package URL without qualifiers and subpath.' }),
    licences: z.array(z.string()).exactOptional(),
  })
  .meta({ id: 'Component' });

export const vulnerability = z
  .strictObject({
    id: z.string().meta({ example: 'CVE-2024-3094' }),
    severity: z.enum(SEVERITIES),
    component: z.string().exactOptional().meta({ description: 'Package URL, or `name@version`.' }),
    fixed: z.string().exactOptional().meta({ description: 'Version that repairs it.' }),
    status: z.enum(VEX_STATUSES).exactOptional().meta({ description: 'Of the newest VEX statement about it.' }),
    suppressed: z.boolean().meta({ description: 'Whether the numbers leave it out.' }),
  })
  .meta({ id: 'Vulnerability' });

const ratio = z.strictObject({
  basisPoints: count.meta({ description: '1/10,000, rounded down.', example: 8_123 }),
  covered: count.exactOptional(),
  total: count.exactOptional(),
});
const image = z.strictObject({ name: z.string().exactOptional(), digest: digest.exactOptional() });
const people = z.array(z.string()).meta({ description: 'Pseudonyms.' });

const facts = z
  .strictObject({
    components: z.strictObject({ count, list: z.array(component) }).exactOptional(),
    licences: z
      .strictObject({
        count,
        unstated: count.meta({ description: 'Components that name no licence.' }),
        list: z.array(z.strictObject({ licence: z.string(), components: count })),
      })
      .exactOptional(),
    vulnerabilities: z
      .strictObject({
        total: count.meta({ description: 'After VEX, like every number but `suppressed`.' }),
        ...numbers(SEVERITIES),
        fixable: count,
        suppressed: count,
        list: z.array(vulnerability),
      })
      .exactOptional(),
    vex: z
      .strictObject(numbers(['statements', 'affected', 'fixed', 'notAffected', 'underInvestigation']))
      .exactOptional(),
    findings: z.strictObject({ total: count, ...numbers(LEVELS), suppressed: count }).exactOptional(),
    tests: z.strictObject(numbers(['total', 'passed', 'failed', 'skipped'])).exactOptional(),
    coverage: z.strictObject({ lines: ratio.exactOptional(), branches: ratio.exactOptional() }).exactOptional(),
    builders: z.array(z.string()).exactOptional(),
    sources: z
      .array(z.strictObject({ repository: z.string().exactOptional(), commit: z.string().exactOptional() }))
      .exactOptional(),
    inputImages: z.array(image).exactOptional().meta({ description: 'Images that the build consumed.' }),
    baseImage: image.exactOptional().meta({ description: 'What the image is built upon, by its annotations.' }),
    image: z
      .union([
        z.strictObject({ shape: z.literal('image'), layers: count, bytes: count }),
        z.strictObject({ shape: z.literal('index'), children: count }),
      ])
      .exactOptional(),
    approvals: z
      .strictObject({
        count: count.meta({ description: 'Approvers of the change that has fewest.' }),
        approvers: people,
        objectors: people,
        changes: z.array(z.strictObject({ commit: z.string(), authors: people, approvers: people, objectors: people })),
      })
      .exactOptional(),
  })
  .meta({
    id: 'Facts',
    description: 'What is stated; a member is absent where nothing states it, never zero. See docs/spec/facts.md.',
  });

const fault = z.strictObject({
  code: z.string().meta({ example: 'facts/malformed-document' }),
  message: z.string(),
  at: z.string().exactOptional(),
});

const imageFacts = z
  .strictObject({
    subject: digest,
    repository,
    asOf: z
      .strictObject({ size: count, view: z.enum(VIEWS) })
      .exactOptional()
      .meta({ description: 'The past state that was asked about.' }),
    size: count.exactOptional().meta({ description: 'Of the checkpoint that the facts are gathered under.' }),
    intact: z.boolean().meta({ description: 'Whether the evidence behind them holds together.' }),
    facts: facts.meta({ description: 'Of every document together.' }),
    stages: z.record(z.string(), facts).meta({ description: 'Of the documents of each stage.' }),
    documents: z.array(
      z.strictObject({
        seq,
        stage: z.string().exactOptional(),
        predicateType: z.string(),
        via: digest.exactOptional().meta({ description: 'The index that it is about.' }),
        promotedFrom: repository
          .exactOptional()
          .meta({ description: 'The repository it was filed in, where a contract takes images from there.' }),
        fault: fault.exactOptional().meta({ description: 'Why it was not read: what it would state is missing.' }),
      }),
    ),
    unsound: z.array(seq).meta({ description: 'Attestations of which a check failed; they state nothing.' }),
    fault: fault.exactOptional().meta({ description: 'Why documents could not be put together; nothing is stated.' }),
  })
  .meta({ id: 'ImageFacts' });

export const readFacts = defineRoute({
  operation: 'readFacts',
  method: 'get',
  path: '/v1/images/{digest}/facts',
  tag: 'Images',
  summary: 'What the sound attestations of an image state: components, vulnerabilities after VEX, tests and more',
  description:
    'Read out of the attested documents, all together and by stage. Canonical JSON: the same attestations give the same bytes.',
  access: ANY_ROLE,
  params: z.strictObject({ digest }),
  query: z.strictObject({
    repository: repository
      .exactOptional()
      .meta({ description: 'Needed where the digest is in more than one repository that the caller may read.' }),
    ...pastQuery,
  }),
  answers: { 200: { description: 'The facts.', schema: imageFacts } },
  faults: [
    'image/unknown',
    'image/repository-ambiguous',
    'asof/not-published',
    'evidence/too-many-entries',
    'evidence/too-large',
  ],
});
