import { z } from 'zod';
import { VIEWS } from '../core/custody/as-of.ts';
import { ROLES } from '../core/entry/kinds/principal-granted.ts';
import {
  COMMIT_HEX,
  IMAGE_DIGEST,
  NAME,
  PRINTABLE,
  REPOSITORY,
  REPOSITORY_GLOB,
  SHA256_HEX,
  TIME,
} from '../core/entry/names.ts';
import { CONTROL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, REPOSITORY_CHARACTERS_MAX } from '../core/limits.ts';
import { RUN_STATES } from '../core/run/run-state.ts';

/** Members and parameters that several routes have, each with its one spelling. */

const EXAMPLE_DIGEST = `sha256:${'4f'.repeat(32)}`;

export const digest = z
  .string()
  .regex(IMAGE_DIGEST)
  .meta({ description: 'Image digest: `sha256:` and 64 lower-case hex digits.', example: EXAMPLE_DIGEST });

export const repository = z
  .string()
  .max(REPOSITORY_CHARACTERS_MAX)
  .regex(REPOSITORY)
  .meta({ description: 'Repository: a lower-case OCI name.', example: 'shop/api' });

export const stage = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(NAME)
  .meta({ description: 'Stage of the pipeline.', example: 'test' });

export const contractName = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(NAME)
  .meta({ description: 'Name of a contract.', example: 'shop' });

export const environment = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(NAME)
  .meta({ description: 'Name of an environment.', example: 'production' });

export const principalName = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(NAME)
  .meta({ description: 'Name of a principal: who calls the API.', example: 'ci-shop' });

export const commit = z
  .string()
  .regex(COMMIT_HEX)
  .meta({ description: 'Commit: 40 or 64 lower-case hex digits.', example: '5b'.repeat(20) });

export const runId = z
  .string()
  .max(NAME_CHARACTERS_MAX)
  .regex(NAME)
  .meta({ description: 'Id of a run, as the service gave it.', example: `r-${'k7'.repeat(13)}` });

export const runState = z
  .enum(RUN_STATES)
  .meta({ description: 'A run is open until it is closed with an outcome, or expires.', example: 'succeeded' });

export const signerId = z
  .string()
  .regex(SHA256_HEX)
  .meta({ description: 'Signer: 64 hex digits computed from its public key.', example: '9b'.repeat(32) });

export const tokenId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .meta({ description: 'Id of a token; never the token itself.', example: 'q7Wk2mXbT0aZ' });

export const time = z
  .string()
  .regex(TIME)
  .meta({ description: 'RFC 3339 in UTC with milliseconds.', example: '2026-01-02T03:04:05.678Z' });

export const sha256Hex = z
  .string()
  .regex(SHA256_HEX)
  .meta({ description: '64 lower-case hex digits.', example: 'c0'.repeat(32) });

export const role = z.enum(ROLES).meta({ description: 'One of the five roles.', example: 'pipeline' });

/** Shown to people, never compared: 1 to 200 characters, none of which controls lines or the direction of text. */
export const title = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]*$/u)
  .meta({ description: 'Title for people.', example: 'CI of the shop' });

export const globs = z
  .array(z.string().max(REPOSITORY_CHARACTERS_MAX).regex(REPOSITORY_GLOB))
  .min(1)
  .max(64)
  .meta({ description: 'Repositories: exact names, `prefix/*`, or `*`.', example: ['shop/*'] });

export const stages = z
  .array(z.string().regex(/^(?:\*|[a-z0-9][a-z0-9._-]{0,63})$/))
  .min(1)
  .max(64)
  .meta({ description: 'Stages by name, or `*`.', example: ['build', 'test'] });

/** Agreement of control keys to a change of trust, in logs that have some. */
export const control = z
  .string()
  .min(1)
  .max(CONTROL_CHARACTERS_MAX)
  .regex(PRINTABLE)
  .meta({ description: 'Envelope by control keys, as `waybill control combine` writes it. See docs/spec/control.md.' });

/** Body of a change that is named by its address. */
export const onlyControl = z.strictObject({ control: control.exactOptional() }).meta({ id: 'ControlledChange' });

export const json = z.unknown().meta({ description: 'Any JSON value.' });

export const count = z.int().min(0);

export const seq = z.int().min(0).meta({ description: 'Place of an entry in the ledger, from 0.', example: 7 });

const VIEW_WORDS =
  '`then`: as known then, by keys, roles and contracts of that state. `now`: that state, by those of the newest checkpoint.';

export const view = z.enum(VIEWS).meta({ description: VIEW_WORDS, example: 'then' });

/** A question about the past, as it stands in an address. */
export const pastQuery = {
  asOf: z
    .string()
    .max(24)
    .refine((text) => TIME.test(text) || (SIZE.test(text) && Number.isSafeInteger(Number(text))), {
      error: 'a size of a checkpoint, or an RFC 3339 time in UTC with milliseconds',
    })
    .exactOptional()
    .meta({
      description:
        'As of a past state of the ledger: the size of a published checkpoint, or a time, which means the newest checkpoint that is not after it.',
      example: '2026-01-02T03:04:05.678Z',
    }),
  view: view.exactOptional().meta({ description: `${VIEW_WORDS} \`then\` where absent; only with \`asOf\`.` }),
};

const SIZE = /^[1-9][0-9]{0,15}$/;

/** A whole number as it stands in an address: decimal, one spelling, exact. */
export function wholeNumber(bounds: { readonly min: number; readonly max?: number }, description: string) {
  const max = bounds.max ?? Number.MAX_SAFE_INTEGER;
  return z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,15})$/, 'a whole number, in decimal')
    .transform(Number)
    .pipe(z.int().min(bounds.min).max(max))
    .meta({
      description,
      override: ({ jsonSchema }: { readonly jsonSchema: { pattern?: string } }) => {
        delete jsonSchema.pattern;
        Object.assign(jsonSchema, { type: 'integer', minimum: bounds.min, maximum: max });
      },
    });
}

/** Query of a list. */
export const pageQuery = {
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_.~:-]{1,512}$/)
    .exactOptional()
    .meta({ description: 'The `next` of an earlier answer: the page after it.' }),
  limit: wholeNumber({ min: 1, max: 200 }, 'Most items of the page, 1 to 200. 50 where absent.').default(50),
};

/** A page of a list. */
export function page(item: z.ZodType) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().exactOptional().meta({ description: 'Cursor of the next page; absent on the last.' }),
  });
}

export const receipt = z.looseObject({ type: z.string() }).meta({
  id: 'Receipt',
  description:
    'What a writer keeps: the entry, its inclusion path and the signed checkpoint that covers it. See docs/spec/receipt.md.',
});

/** What every write answers. */
export const recorded = {
  seq,
  duplicate: z.boolean().meta({ description: 'Whether an earlier, identical submission was found instead.' }),
  receipt,
};
