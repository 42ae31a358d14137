import { formatHex } from '../core/encoding/hex.ts';
import { formatNotice } from '../core/event/notice.ts';
import { formatWebhookSecret } from '../core/event/webhook-signature.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { globContains } from '../core/trust/scope.ts';
import type { Page, PageRequest } from './answers.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page } from './cursor.ts';
import { drawId } from './draw-id.ts';
import { sendTest } from './notice-worker.ts';
import type { DeliveryCounts, DeliveryPlace, DeliveryState, WebhookRow } from './webhook-ports.ts';
import { endSecret, makeSecret } from './webhook-secret.ts';
import { type DeliveryView, deliveryView, type NewWebhook, type WebhookView, webhookView } from './webhook-views.ts';

/** Each costs a look at every entry. No maker takes them all: others could not remove what lies beyond their grant. */
const WEBHOOKS_MAX = { together: 64, ofMaker: 16 } as const;
const KEEPERS = ['operator', 'admin'] as const;
const READERS = ['auditor', ...KEEPERS] as const;

export type WebhookRequest = {
  readonly url: string;
  readonly types: readonly string[];
  readonly repositories?: readonly string[];
  readonly title?: string;
};

export type TestOutcome = {
  readonly delivered: boolean;
  readonly status?: number;
  readonly fault?: string;
  readonly detail?: string;
};

/**
 * A webhook that is told of what happens from now on, in repositories that the caller's grant reaches. Faults:
 * `auth/repository-out-of-scope`, `webhook/malformed-url`, `webhook/address-refused`, `webhook/too-many`.
 */
export async function createWebhook(
  context: ServiceContext,
  caller: Caller,
  request: WebhookRequest,
): Promise<Result<NewWebhook>> {
  const allowed = authorise(caller, { roles: KEEPERS });
  if (!allowed.ok) return allowed;
  const { url, title, types, repositories = caller.repositories } = request;
  const outside = outsideOf(caller, repositories);
  if (outside !== undefined)
    return fail(
      'auth/repository-out-of-scope',
      `${caller.principal} has no right in all of ${outside}.`,
      '/repositories',
    );
  const checked = context.noticeSender.check(url);
  if (!checked.ok) return checked;
  const signed = await context.sequencer.checkpoint();
  const claim = {
    id: drawId('wh', context.random),
    url,
    types: [...new Set(types)],
    repositories: [...new Set(repositories)],
    createdBy: caller.principal,
    createdAt: context.now(),
  };
  const { secret, row } = makeSecret(context.keys, context.store.origin, claim, 1);
  const webhook = {
    ...claim,
    ...(title === undefined ? {} : { title }),
    cursor: (signed?.head.frontier.size ?? 0) - 1,
    secrets: [row],
  };
  const made = await context.webhooks.insert(webhook, WEBHOOKS_MAX);
  if (!made) {
    const { together, ofMaker } = WEBHOOKS_MAX;
    return fail('webhook/too-many', `There are ${together} webhooks, or ${ofMaker} of ${caller.principal}, already.`);
  }
  return ok({ ...webhookView(context, webhook, NONE), secret: formatWebhookSecret(secret) });
}

/** Webhooks that are told of nothing beyond the caller's grant. */
export async function listWebhooks(
  context: ServiceContext,
  caller: Caller,
): Promise<Result<{ readonly items: readonly WebhookView[] }>> {
  const allowed = authorise(caller, { roles: READERS });
  if (!allowed.ok) return allowed;
  const [rows, counts] = await Promise.all([context.webhooks.list(), context.webhooks.counts()]);
  const own = rows.filter(({ repositories }) => outsideOf(caller, repositories) === undefined);
  return ok({ items: own.map((row) => webhookView(context, row, counts.get(row.id) ?? NONE)) });
}

export async function readWebhook(context: ServiceContext, caller: Caller, id: string): Promise<Result<WebhookView>> {
  const found = await findFor(context, caller, READERS, id);
  return found.ok ? ok(await currentView(context, found.value)) : found;
}

export async function removeWebhook(
  context: ServiceContext,
  caller: Caller,
  id: string,
): Promise<Result<{ readonly webhook: string }>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  return (await context.webhooks.remove(id)) ? ok({ webhook: id }) : unknownWebhook();
}

export async function disableWebhook(
  context: ServiceContext,
  caller: Caller,
  id: string,
): Promise<Result<WebhookView>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  await context.webhooks.disable(id, 'asked', context.now());
  return readWebhook(context, caller, id);
}

/** `after`: what happened up to that entry is left out; `newest`: what happened up to now. Fault: `service/out-of-range`. */
export async function enableWebhook(
  context: ServiceContext,
  caller: Caller,
  id: string,
  after: number | 'newest' | undefined,
): Promise<Result<WebhookView>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  const newest = ((await context.sequencer.checkpoint())?.head.frontier.size ?? 0) - 1;
  if (typeof after === 'number' && after > newest)
    return fail('service/out-of-range', `The newest entry is ${newest}.`, '/after');
  await context.webhooks.enable(id, after === 'newest' ? newest : after, context.now());
  return readWebhook(context, caller, id);
}

/** A new secret. The one before signs beside it for `overlapSeconds`; those before that one sign no more. */
export async function rotateWebhook(
  context: ServiceContext,
  caller: Caller,
  id: string,
  overlapSeconds: number,
): Promise<Result<NewWebhook>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  const webhook = found.value;
  const { keys, store, now } = context;
  const [newest] = webhook.secrets;
  const until = new Date(now().getTime() + overlapSeconds * 1_000);
  const ended = newest === undefined ? undefined : endSecret(keys, store.origin, webhook, newest, until);
  if (newest === undefined || ended === undefined) return notOurs();
  const { secret, row } = makeSecret(keys, store.origin, webhook, newest.generation + 1);
  const secrets = overlapSeconds === 0 ? [row] : [row, ended];
  if (!(await context.webhooks.rotate(id, newest.generation, secrets)))
    return fail('service/contended', 'Its secret was rotated at the same time.');
  return ok({ ...(await currentView(context, { ...webhook, secrets })), secret: formatWebhookSecret(secret) });
}

/** Sends a notice of the type `webhook.test`, also to a webhook that is disabled, and waits for what comes of it. */
export async function testWebhook(context: ServiceContext, caller: Caller, id: string): Promise<Result<TestOutcome>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  const outcome = await sendTest(context, found.value, {
    id: `msg_${formatHex(context.random(20))}`,
    body: formatNotice('webhook.test', context.now().toISOString(), { webhook: id, log: context.store.origin }),
  });
  if (outcome === undefined) return notOurs();
  return ok({
    delivered: outcome.failed === undefined,
    ...('status' in outcome ? { status: outcome.status } : { detail: outcome.fault.message }),
    ...(outcome.failed === undefined ? {} : { fault: outcome.failed }),
  });
}

export async function listDeliveries(
  context: ServiceContext,
  caller: Caller,
  id: string,
  filter: { readonly state?: DeliveryState },
  request: PageRequest,
): Promise<Result<Page<DeliveryView>>> {
  const found = await findFor(context, caller, READERS, id);
  if (!found.ok) return found;
  const before = readCursor(request.cursor);
  if (!before.ok) return before;
  const rows = await context.webhooks.deliveries(id, {
    ...filter,
    ...(before.value === undefined ? {} : { before: before.value }),
    limit: request.limit + 1,
  });
  return ok(page(rows, request.limit, deliveryView, (row) => `${row.seq}:${row.id}`));
}

/** Dead letters are attempted anew, from the first attempt on. Fault: `webhook/delivery-unknown`. */
export async function redeliverNotices(
  context: ServiceContext,
  caller: Caller,
  id: string,
  delivery: string | undefined,
): Promise<Result<{ readonly revived: number }>> {
  const found = await findFor(context, caller, KEEPERS, id);
  if (!found.ok) return found;
  const revived = await context.webhooks.revive(id, delivery, context.now());
  if (delivery !== undefined && revived === 0)
    return fail('webhook/delivery-unknown', 'The webhook has no such dead letter.', '/delivery');
  return ok({ revived });
}

const NONE: DeliveryCounts = { waiting: 0, dead: 0 };

async function findFor(
  context: ServiceContext,
  caller: Caller,
  roles: typeof READERS | typeof KEEPERS,
  id: string,
): Promise<Result<WebhookRow>> {
  const allowed = authorise(caller, { roles });
  if (!allowed.ok) return allowed;
  const found = await context.webhooks.find(id);
  if (found === undefined || outsideOf(caller, found.repositories) !== undefined) return unknownWebhook();
  return ok(found);
}

/** The first of the globs that reaches beyond the caller's grant. */
function outsideOf({ repositories: own }: Caller, globs: readonly string[]): string | undefined {
  return globs.find((glob) => !own.some((wider) => globContains(wider, glob)));
}

function unknownWebhook(): Result<never> {
  return fail('webhook/unknown', 'There is no such webhook.', 'webhook');
}

function notOurs(): Result<never> {
  return fail('webhook/not-ours', 'What the database holds of the webhook is not what the service wrote.');
}

async function currentView(context: ServiceContext, row: WebhookRow): Promise<WebhookView> {
  return webhookView(context, row, (await context.webhooks.counts()).get(row.id) ?? NONE);
}

function readCursor(cursor: string | undefined): Result<DeliveryPlace | undefined> {
  if (cursor === undefined) return ok(undefined);
  const [, seq = '', id = ''] = /^([0-9]{1,16}):(msg_[0-9a-f]{40})$/.exec(cursor) ?? [];
  if (id !== '' && Number.isSafeInteger(Number(seq))) return ok({ seq: Number(seq), id });
  return fail('http/malformed-parameter', 'The cursor is none of an earlier page.', 'cursor');
}
