import { z } from 'zod';
import { VERDICTS } from '../core/entry/kinds/verdict-recorded.ts';
import { entry } from './entries.ts';
import {
  count,
  digest,
  environment,
  page,
  pageQuery,
  pastQuery,
  recorded,
  repository,
  runId,
  seq,
  sha256Hex,
  signerId,
  time,
} from './fields.ts';
import { MANIFEST_BODY_BYTES_MAX } from './limits.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

export const verdict = z.enum(VERDICTS).meta({ description: 'pass, waived, fail or unjudged.', example: 'pass' });

/** A member of images in lists: what its verdict did not see. */
export const entriesSince = count.exactOptional().meta({
  description:
    'Entries about the image itself, in that repository, that the verdict did not see, releases apart; absent where there is none.',
});

/** A member of images in lists: the recorded verdict alone would say what it was before. */
export const retired = z.literal(true).exactOptional().meta({
  description: 'There where the image was retired everywhere: its verdict fails since, whatever was recorded before.',
});

const imageParams = z.strictObject({ digest });
const imageQuery = {
  repository: repository
    .exactOptional()
    .meta({ description: 'Needed where the digest is in more than one repository that the caller may read.' }),
};

const comparedQuery = {
  environment: environment.exactOptional().meta({
    description:
      'Where the image is to run: what was released there before is then part of the evidence, as a rule that compares with it needs.',
  }),
};

const signedImage = z
  .strictObject({
    ...recorded,
    digest,
    repository,
    mediaType: z.string(),
    shape: z.enum(['image', 'index']),
    run: runId.exactOptional(),
    signer: signerId,
    bundle: z.looseObject({}).meta({ description: 'Sigstore bundle v0.3 over the image, as cosign verifies it.' }),
    simpleSigning: z.strictObject({ payload: z.string(), signature: z.string() }),
  })
  .meta({ id: 'SignedImage' });

const imageSummary = z
  .strictObject({
    digest,
    repository,
    mediaType: z.string(),
    shape: z.string(),
    signedAt: time,
    seq,
    attestations: count,
    verdict: verdict.exactOptional().meta({ description: 'Newest recorded verdict; absent where there is none.' }),
    entriesSince,
    retired,
  })
  .meta({ id: 'Image' });

const chainStep = z
  .strictObject({
    entry,
    hash: sha256Hex,
    via: z.string().exactOptional().meta({ description: 'The index that the step reaches the image through.' }),
  })
  .meta({ id: 'ChainStep' });

export const signImage = defineRoute({
  operation: 'signImage',
  method: 'post',
  path: '/v1/images/sign',
  tag: 'Images',
  summary: 'Sign an image and record it',
  description:
    'The body is the exact bytes of the manifest or index; its digest is computed from them. Answers once the entry is durable, included and checkpointed. A repeated submission answers 200 with the first receipt.',
  access: ['pipeline', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject({
    repository,
    run: runId.exactOptional().meta({ description: 'The open run that built it; of the same repository.' }),
    annotation: z
      .array(z.string().regex(/^[^=\p{Cc}]{1,128}=[^\p{Cc}]{0,1024}$/u))
      .max(32)
      .exactOptional()
      .meta({ description: 'Annotation of the signature, `key=value`; may be repeated.', example: ['build=1181'] }),
  }),
  body: {
    form: 'bytes',
    description: 'The manifest, byte for byte as the registry holds it. Its media type may be left to be inferred.',
    mediaTypes: [
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/octet-stream',
    ],
    bytesMax: MANIFEST_BODY_BYTES_MAX,
  },
  answers: {
    201: { description: 'Signed and recorded.', schema: signedImage, location: true },
    200: { description: 'Was recorded before; the first receipt.', schema: signedImage },
  },
  faults: [
    'image/not-a-manifest',
    'image/media-type-mismatch',
    'run/unknown',
    'run/ended',
    'run/other-repository',
    'auth/repository-out-of-scope',
  ],
});

export const listImages = defineRoute({
  operation: 'listImages',
  method: 'get',
  path: '/v1/images',
  tag: 'Images',
  summary: 'List images that the caller may read',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({ ...imageQuery, verdict: verdict.exactOptional(), ...pageQuery }),
  answers: { 200: { description: 'A page of images.', schema: page(imageSummary) } },
});

export const readImage = defineRoute({
  operation: 'readImage',
  method: 'get',
  path: '/v1/images/{digest}',
  tag: 'Images',
  summary: 'One image',
  access: ANY_ROLE,
  params: imageParams,
  query: z.strictObject(imageQuery),
  answers: { 200: { description: 'The image.', schema: imageSummary } },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});

export const readChain = defineRoute({
  operation: 'readChain',
  method: 'get',
  path: '/v1/images/{digest}/chain',
  tag: 'Images',
  summary: 'The steps of an image’s custody, in the ledger’s order',
  access: ANY_ROLE,
  params: imageParams,
  query: z.strictObject({ ...imageQuery, ...pageQuery }),
  answers: { 200: { description: 'A page of steps.', schema: page(chainStep) } },
  faults: ['image/unknown', 'image/repository-ambiguous'],
});

export const readEvidence = defineRoute({
  operation: 'readEvidence',
  method: 'get',
  path: '/v1/images/{digest}/evidence',
  tag: 'Images',
  summary: 'Everything that is needed to check the image’s custody elsewhere',
  access: ANY_ROLE,
  params: imageParams,
  query: z.strictObject({ ...imageQuery, ...comparedQuery, ...pastQuery }),
  answers: {
    200: { description: 'Evidence, canonical JSON; the same question at the same checkpoint gives the same bytes.' },
  },
  faults: [
    'image/unknown',
    'image/repository-ambiguous',
    'asof/not-published',
    'evidence/too-many-entries',
    'evidence/too-large',
  ],
});

/** Forms of a custody report. */
export const REPORT_FORMATS = ['html', 'json', 'csv'] as const;

export const readReport = defineRoute({
  operation: 'readReport',
  method: 'get',
  path: '/v1/images/{digest}/report',
  tag: 'Images',
  summary: 'Custody report',
  description:
    'One HTML file that checks itself without a network; JSON signed by the verdict key; or CSV, which nothing protects. ' +
    '`format` says which, otherwise the `Accept` header (`text/html`, `application/json`, `text/csv`), and a page where ' +
    'neither does. What binds is `waybill verify FILE` with a log key of the reader’s own.',
  access: ANY_ROLE,
  params: imageParams,
  query: z.strictObject({
    ...imageQuery,
    ...comparedQuery,
    ...pastQuery,
    format: z.enum(REPORT_FORMATS).exactOptional(),
  }),
  answers: { 200: { description: 'The report, to be saved as a file.', mediaType: 'text/html' } },
  faults: [
    'image/unknown',
    'image/repository-ambiguous',
    'asof/not-published',
    'evidence/too-many-entries',
    'evidence/too-large',
    'report/no-program',
    'report/too-large',
  ],
});
