import { z } from 'zod';
import { defineRoute } from './route.ts';

const nothing = { params: z.strictObject({}), query: z.strictObject({}) } as const;

const shell = {
  tag: 'Console',
  access: 'public',
  description:
    'The same document for every page: what is shown is asked for by its program, with the session of whoever is signed in.',
} as const;

/** Statuses of a page: the document is whole either way, and says itself that nothing is there. */
const shown = {
  200: { description: 'The document.', mediaType: 'text/html' },
  404: { description: 'The document, at an address that is no page.', mediaType: 'text/html' },
} as const;

export const readRoot = defineRoute({
  operation: 'readRoot',
  method: 'get',
  path: '/',
  tag: 'Console',
  summary: 'Where the console is',
  access: 'public',
  ...nothing,
  answers: { 303: { description: 'At `/console/`.', mediaType: 'text/plain' } },
});

export const readConsoleRoot = defineRoute({
  operation: 'readConsoleRoot',
  method: 'get',
  path: '/console',
  tag: 'Console',
  summary: 'The same, with a slash',
  access: 'public',
  ...nothing,
  answers: { 303: { description: 'At `/console/`.', mediaType: 'text/plain' } },
});

export const readConsole = defineRoute({
  operation: 'readConsole',
  method: 'get',
  path: '/console/',
  summary: 'The console in a browser',
  ...shell,
  anyQuery: true,
  ...nothing,
  answers: { 200: shown[200] },
});

export const readConsoleAsset = defineRoute({
  operation: 'readConsoleAsset',
  method: 'get',
  path: '/console/assets/{asset}',
  tag: 'Console',
  summary: 'Programs, style and mark of the console',
  description: 'Named after their content, and kept by browsers for good.',
  access: 'public',
  params: z.strictObject({ asset: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/) }),
  query: z.strictObject({}),
  answers: { 200: { description: 'The file.', mediaType: 'text/plain' } },
});

export const readConsolePage = defineRoute({
  operation: 'readConsolePage',
  method: 'get',
  path: '/console/{+page}',
  summary: 'A page of the console',
  ...shell,
  params: z.strictObject({ page: z.string().max(2_048) }),
  anyQuery: true,
  query: z.strictObject({}),
  answers: shown,
});
