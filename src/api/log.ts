import { z } from 'zod';
import { json } from './fields.ts';
import { defineRoute } from './route.ts';

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
