import { z } from 'zod';
import { NAME_CHARACTERS_MAX } from '../core/limits.ts';
import { json, page, pageQuery, receipt, seq, sha256Hex, stage, time, wholeNumber } from './fields.ts';
import { ANY_ROLE, defineRoute } from './route.ts';

/** An entry as the ledger holds it. Strict reading is core's; this is its shape for readers of the API. */
export const entry = z
  .strictObject({
    v: z.int(),
    log: z.string(),
    seq,
    prev: sha256Hex.exactOptional(),
    time,
    kind: z.string().meta({ example: 'attestation.recorded' }),
    keys: z.array(
      z.strictObject({
        key: z.string(),
        n: z.int().min(1),
        prev: sha256Hex.exactOptional(),
        prevSeq: seq.exactOptional(),
      }),
    ),
    principal: z.string().max(NAME_CHARACTERS_MAX),
    repository: z.string().exactOptional(),
    stage: stage.exactOptional(),
    run: z.string().exactOptional(),
    signer: sha256Hex.exactOptional(),
    assurance: z.string().exactOptional(),
    predicateType: z.string().exactOptional(),
    payload: z.strictObject({ commitment: sha256Hex, mediaType: z.string(), size: z.int() }).exactOptional(),
    body: json,
    control: z.string().exactOptional(),
  })
  .meta({ id: 'Entry', description: 'One entry of the ledger. See docs/spec/entry.md.' });

const entryView = z
  .strictObject({
    entry,
    hash: sha256Hex.meta({
      description: 'SHA-256(0x00 ‖ exact bytes): the leaf hash, and the link of the next entry.',
    }),
    payload: z.string().exactOptional().meta({ description: 'The payload in base64, where the caller may read it.' }),
  })
  .meta({ id: 'EntryView' });

const entryParams = z.strictObject({ seq: wholeNumber({ min: 0 }, 'Place of the entry in the ledger, from 0.') });

export const listEntries = defineRoute({
  operation: 'listEntries',
  method: 'get',
  path: '/v1/entries',
  tag: 'Ledger',
  summary: 'Entries, in the ledger’s order',
  access: ['auditor', 'operator', 'admin'],
  params: z.strictObject({}),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of entries.', schema: page(entryView) } },
});

export const readEntry = defineRoute({
  operation: 'readEntry',
  method: 'get',
  path: '/v1/entries/{seq}',
  tag: 'Ledger',
  summary: 'One entry',
  access: ANY_ROLE,
  params: entryParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The entry.', schema: entryView } },
  faults: ['service/not-found', 'auth/repository-out-of-scope'],
});

export const readReceipt = defineRoute({
  operation: 'readReceipt',
  method: 'get',
  path: '/v1/entries/{seq}/receipt',
  tag: 'Ledger',
  summary: 'Receipt of an entry: its inclusion under a signed checkpoint',
  access: ANY_ROLE,
  params: entryParams,
  query: z.strictObject({}),
  answers: { 200: { description: 'The receipt, canonical JSON.', schema: receipt } },
  faults: ['service/not-found', 'auth/repository-out-of-scope'],
});

export const readConsistency = defineRoute({
  operation: 'readConsistency',
  method: 'get',
  path: '/v1/consistency',
  tag: 'Ledger',
  summary: 'Proof that the ledger of one size is the beginning of the ledger of another',
  access: ANY_ROLE,
  params: z.strictObject({}),
  query: z.strictObject({
    from: wholeNumber({ min: 0 }, 'Smaller size.'),
    to: wholeNumber({ min: 0 }, 'Larger size, at most that of the newest checkpoint.'),
  }),
  answers: {
    200: {
      description: 'The path, hashes in base64 (RFC 6962 section 2.1.2).',
      schema: z.strictObject({ from: z.int(), to: z.int(), path: z.array(z.string()) }).meta({ id: 'Consistency' }),
    },
  },
  faults: ['service/out-of-range'],
});
