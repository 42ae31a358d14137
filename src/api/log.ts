import { z } from 'zod';
import { json, page, pageQuery, wholeNumber } from './fields.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

const tilePath = z.strictObject({
  path: z
    .string()
    .max(64)
    .meta({ description: 'C2SP tile path below the folder, slashes included.', example: '0/x001/067.p/12' }),
});

export const readCheckpoint = defineRoute({
  operation: 'readCheckpoint',
  method: 'get',
  path: '/log/checkpoint',
  tag: 'Log',
  summary: 'The newest signed checkpoint',
  access: 'public',
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: { 200: { description: 'A signed note (C2SP tlog-checkpoint).', mediaType: 'text/plain' } },
});

const publishedCheckpoint = z
  .strictObject({
    size: z.int().min(1),
    root: z.string().meta({ description: 'Root of the tree, base64.' }),
    checkpoint: z.string().meta({ description: 'The signed note (C2SP tlog-checkpoint).' }),
  })
  .meta({ id: 'PublishedCheckpoint' });

export const listCheckpoints = defineRoute({
  operation: 'listCheckpoints',
  method: 'get',
  path: '/log/checkpoints',
  tag: 'Log',
  summary: 'Every checkpoint that the log has published, newest first',
  description:
    'One for each batch that was committed, signed again: the same bytes each time. Between any two of them ' +
    '`/v1/consistency` has the proof.',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    ...pageQuery,
    before: wholeNumber({ min: 1 }, 'Only checkpoints of a smaller size.').exactOptional(),
  }),
  answers: { 200: { description: 'A page of checkpoints.', schema: page(publishedCheckpoint) } },
});

export const readPublishedCheckpoint = defineRoute({
  operation: 'readPublishedCheckpoint',
  method: 'get',
  path: '/log/checkpoints/{size}',
  tag: 'Log',
  summary: 'The checkpoint that the log has published at a size',
  access: ANY_ROLE,
  params: z.strictObject({ size: wholeNumber({ min: 1 }, 'Number of entries under the checkpoint.') }),
  query: z.strictObject({}),
  answers: { 200: { description: 'A signed note (C2SP tlog-checkpoint).', mediaType: 'text/plain' } },
  faults: ['service/not-found'],
});

export const readEntryBundle = defineRoute({
  operation: 'readEntryBundle',
  method: 'get',
  path: '/log/tile/entries/{+path}',
  tag: 'Log',
  summary: 'Up to 256 entries as exact bytes',
  access: ['auditor', 'operator', 'admin'],
  params: tilePath,
  query: z.strictObject({}),
  answers: { 200: { description: 'An entry bundle (C2SP tlog-tiles).', mediaType: 'application/octet-stream' } },
  faults: ['merkle/malformed-tile-path', 'service/not-found'],
});

export const readTile = defineRoute({
  operation: 'readTile',
  method: 'get',
  path: '/log/tile/{+path}',
  tag: 'Log',
  summary: 'Up to 256 hashes of the tree',
  access: 'public',
  params: tilePath,
  query: z.strictObject({}),
  answers: { 200: { description: 'A hash tile (C2SP tlog-tiles).', mediaType: 'application/octet-stream' } },
  faults: ['merkle/malformed-tile-path', 'service/not-found'],
});

export const readTrustFile = defineRoute({
  operation: 'readTrustFile',
  method: 'get',
  path: '/.well-known/waybill/trust.json',
  tag: 'Log',
  summary: 'The trust file that this service proposes',
  description: 'Compare it with one that came another way: a service cannot vouch for its own key.',
  access: 'public',
  params: z.strictObject({}),
  query: z.strictObject({}),
  answers: { 200: { description: 'Trust file.', schema: json } },
});
