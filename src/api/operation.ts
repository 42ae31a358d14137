import { z } from 'zod';
import { count } from './fields.ts';
import { defineRoute } from './route.ts';

const plain = { params: z.strictObject({}), query: z.strictObject({}) } as const;

export const readHealth = defineRoute({
  operation: 'readHealth',
  method: 'get',
  path: '/healthz',
  tag: 'Operation',
  summary: 'Whether the process answers',
  access: 'public',
  ...plain,
  answers: { 200: { description: 'It does.', schema: z.strictObject({ alive: z.literal(true) }) } },
});

const readiness = z
  .strictObject({ ready: z.boolean(), reason: z.string().exactOptional(), size: count.exactOptional() })
  .meta({ id: 'Readiness' });

export const readReadiness = defineRoute({
  operation: 'readReadiness',
  method: 'get',
  path: '/readyz',
  tag: 'Operation',
  summary: 'Whether requests can be served now',
  access: 'public',
  ...plain,
  answers: {
    200: { description: 'They can.', schema: readiness },
    503: { description: 'They cannot, with the reason.', schema: readiness },
  },
});

export const readMetrics = defineRoute({
  operation: 'readMetrics',
  method: 'get',
  path: '/metrics',
  tag: 'Operation',
  summary: 'Metrics in the Prometheus text format',
  access: ['operator', 'admin'],
  ...plain,
  answers: { 200: { description: 'Metrics.', mediaType: 'text/plain' } },
});

export const readOpenapi = defineRoute({
  operation: 'readOpenapi',
  method: 'get',
  path: '/openapi.json',
  tag: 'Operation',
  summary: 'This document',
  access: 'public',
  ...plain,
  answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
});

export const readDocs = defineRoute({
  operation: 'readDocs',
  method: 'get',
  path: '/docs',
  tag: 'Operation',
  summary: 'This document as a page',
  access: 'public',
  ...plain,
  answers: { 200: { description: 'A page that loads nothing from elsewhere.', mediaType: 'text/html' } },
});

export const readDocsAsset = defineRoute({
  operation: 'readDocsAsset',
  method: 'get',
  path: '/docs/{asset}',
  tag: 'Operation',
  summary: 'Style and script of the page',
  access: 'public',
  params: z.strictObject({ asset: z.enum(['page.css', 'page.js']) }),
  query: z.strictObject({}),
  answers: { 200: { description: 'The file.', mediaType: 'text/plain' } },
});
