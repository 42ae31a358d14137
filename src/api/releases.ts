import { z } from 'zod';
import { comparison, previousRelease } from './comparison.ts';
import { count, digest, environment, page, pageQuery, recorded, repository, seq } from './fields.ts';
import { JSON_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';
import { act } from './waivers.ts';

const imageParams = z.strictObject({ digest });

/** Where a release stands. */
export const releaseState = z.enum(['current', 'superseded', 'retired']);

const releaseFields = {
  digest,
  repository,
  environment,
  verdict: seq.meta({ description: 'The recorded verdict that it rests on.' }),
  state: releaseState.meta({
    description: '`current` until something else is released to the environment, or the image is retired.',
  }),
  released: act,
};
const release = z.strictObject(releaseFields).meta({ id: 'Release' });
const recordedRelease = z.strictObject({ ...releaseFields, ...recorded }).meta({ id: 'RecordedRelease' });

const names = z.array(z.string());
const summary = z
  .strictObject({ attestations: count, predicateTypes: names, signers: names, assurances: names })
  .meta({ id: 'StageSummary' });

/** What differs between two images, as recorded. */
export const changes = z
  .strictObject({
    stages: z.strictObject({
      added: names,
      removed: names,
      changed: z.array(z.strictObject({ stage: z.string(), before: summary, after: summary })),
    }),
    signers: z.strictObject({ added: names, removed: names }),
    contracts: z.array(
      z.strictObject({
        contract: z.string(),
        before: z.int().exactOptional().meta({ description: 'Version then; absent: it did not apply.' }),
        after: z.int().exactOptional(),
      }),
    ),
  })
  .meta({ id: 'Changes' });

/** The release that another one took the place of. */
export const releaseImage = defineRoute({
  operation: 'releaseImage',
  method: 'post',
  path: '/v1/images/{digest}/release',
  tag: 'Releases',
  summary: 'Release an image to an environment',
  description:
    'Rests on a recorded verdict that is pass or waived and stands: nothing that it rests on has grown since. Without `verdict` a new one is recorded first. What is released there already is found again.',
  access: ['release-manager', 'admin'],
  idempotencyKey: true,
  params: imageParams,
  query: z.strictObject({}),
  body: {
    form: 'json',
    schema: z
      .strictObject({
        repository: repository.exactOptional(),
        environment,
        verdict: seq.exactOptional().meta({ description: 'Entry of a recorded verdict on the image.' }),
      })
      .meta({ id: 'ReleaseRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Released.', schema: recordedRelease, location: true },
    200: { description: 'Was released there before, and still is.', schema: recordedRelease },
  },
  faults: [
    'image/unknown',
    'image/repository-ambiguous',
    'release/verdict-not-passed',
    'release/verdict-outdated',
    'release/verdict-unknown',
    'attestation/subject-full',
    'http/idempotency-key-reused',
  ],
});

const retirementFields = {
  digest,
  repository,
  environment: environment.exactOptional().meta({ description: 'Absent: everywhere.' }),
  retired: act,
};

export const retireImage = defineRoute({
  operation: 'retireImage',
  method: 'post',
  path: '/v1/images/{digest}/retire',
  tag: 'Releases',
  summary: 'Retire an image: everywhere and for good, or in one environment',
  description:
    'From then on its verdict fails, and the gate says no; in an environment where the gate is asked for it.',
  access: ['release-manager', 'admin'],
  params: imageParams,
  query: z.strictObject({}),
  body: {
    form: 'json',
    optional: true,
    schema: z
      .strictObject({ repository: repository.exactOptional(), environment: environment.exactOptional() })
      .meta({ id: 'RetirementRequest' }),
    bytesMax: JSON_BODY_BYTES_MAX,
  },
  answers: {
    200: {
      description: 'Retired.',
      schema: z.strictObject({ ...retirementFields, ...recorded }).meta({ id: 'RecordedRetirement' }),
    },
  },
  faults: ['image/unknown', 'image/repository-ambiguous', 'release/not-released'],
});

export const listReleases = defineRoute({
  operation: 'listReleases',
  method: 'get',
  path: '/v1/releases',
  tag: 'Releases',
  summary: 'List releases, the newest first',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    repository: repository.exactOptional(),
    environment: environment.exactOptional(),
    digest: digest.exactOptional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of releases.', schema: page(release) } },
});

export const readChanges = defineRoute({
  operation: 'readChanges',
  method: 'get',
  path: '/v1/images/{digest}/changes',
  tag: 'Releases',
  summary: 'What a release of the image would change in an environment',
  description: 'Compares what was recorded of it with what was recorded of the image that was released there last.',
  access: ANY_ROLE,
  params: imageParams,
  query: z.strictObject({ repository: repository.exactOptional(), environment }),
  answers: {
    200: {
      description: 'The changes; without `previous` nothing was released there yet.',
      schema: z
        .strictObject({
          digest,
          repository,
          environment,
          previous: previousRelease.exactOptional(),
          changes: changes.exactOptional(),
          comparison: comparison.exactOptional(),
        })
        .meta({ id: 'ChangesSinceRelease' }),
    },
  },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});
