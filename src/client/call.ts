import type { Reader } from '../core/encoding/decode.ts';
import type { Json } from '../core/encoding/json.ts';
import { type Recorded, recordedAnswer } from './answers.ts';
import type { ApiRequest } from './transport.ts';

/** What the service answered: `value` as this client reads it, `json` with everything that it said. */
export type Answered<T> = { readonly value: T; readonly json: Json; readonly status: number };
export type Answer<T> = Promise<Answered<T>>;
export type Progress = ApiRequest['onProgress'];

/** How the calls of the client are made, each over the one transport. */
export type Ask = <T>(reader: Reader<T>, request: ApiRequest) => Answer<T>;
export type Get = <T>(reader: Reader<T>, path: string, query?: ApiRequest['query']) => Answer<T>;
export type Post = <T>(
  reader: Reader<T>,
  path: string,
  body: Json,
  how?: { readonly once?: boolean; readonly key?: string | undefined },
) => Answer<T>;
/** The exact bytes of an answer. */
export type Bytes = (
  path: string,
  query: ApiRequest['query'],
  accept: string,
  onProgress: Progress,
) => Promise<Uint8Array>;

export type PageQuestion = { readonly cursor?: string | undefined; readonly limit?: number | undefined };

/** A view and what every write answers besides. */
export function both<T>(view: Reader<T>): Reader<{ readonly view: T; readonly recorded: Recorded }> {
  return (value, at) => {
    const read = view(value, at);
    if (!read.ok) return read;
    const recorded = recordedAnswer(value, at);
    return recorded.ok ? { ok: true, value: { view: read.value, recorded: recorded.value } } : recorded;
  };
}
