import { array, boolean, type Decoded, integer, openObject, optional, string } from '../core/encoding/decode.ts';
import type { Get } from './call.ts';

const text = string({ max: 20_000 });
const texts = array(text, { max: 10_000 });

/** A hit with what any type of it may have; `type` says which. */
const searchHit = openObject({
  type: text,
  repository: optional(text),
  digest: optional(text),
  signedAt: optional(text),
  verdict: optional(text),
  entriesSince: optional(integer()),
  retired: optional(boolean()),
  tag: optional(text),
  commit: optional(text),
  runs: optional(integer()),
  run: optional(text),
  state: optional(text),
  waiver: optional(text),
  signer: optional(text),
  title: optional(text),
  contract: optional(text),
});
export type SearchHit = Decoded<typeof searchHit>;

const searchAnswer = openObject({ items: array(searchHit, { max: 10_000 }), more: texts });

const inboxItem = openObject({
  kind: text,
  todo: text,
  since: text,
  until: optional(text),
  repository: optional(text),
  digest: optional(text),
  environments: optional(texts),
  waiver: optional(text),
  run: optional(text),
  commit: optional(text),
  signer: optional(text),
  change: optional(text),
  seq: optional(integer()),
});
export type InboxItem = Decoded<typeof inboxItem>;

const inboxAnswer = openObject({ items: array(inboxItem, { max: 10_000 }), more: texts, evaluatedAt: text });

/** What is known under a text, and what awaits the caller. */
export function findCalls(get: Get) {
  return {
    search: (q: string, limit?: number) => get(searchAnswer, '/v1/search', { q, limit }),
    inbox: (query: { readonly days?: number | undefined; readonly limit?: number | undefined }) =>
      get(inboxAnswer, '/v1/inbox', query),
  };
}
