import type { Json } from '../core/encoding/json.ts';
import type { Recorded } from '../service/answers.ts';
import type { Edge, Reply } from './edge.ts';
import { formatRecorded } from './recorded-text.ts';

/** What can stand in a JSON answer: absent members are left out. */
export type Answerable = Json | object;

export function jsonReply(value: Answerable, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return textReply(JSON.stringify(value), status, headers);
}

function textReply(body: string, status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, mediaType: 'application/json', body, headers };
}

/** 201 and where the new thing is, or 200 for a submission that was there before. */
export function recordedReply(edge: Edge, answer: Recorded & object, location: string): Reply {
  edge.metrics.countAppend(answer.duplicate);
  const body = formatRecorded(answer);
  return answer.duplicate ? textReply(body, 200) : textReply(body, 201, { location });
}

/** 200 for what changes an existing thing, whether now or by an earlier, identical request. */
export function changedReply(edge: Edge, answer: Recorded & object): Reply {
  edge.metrics.countAppend(answer.duplicate);
  return textReply(formatRecorded(answer), 200);
}

export function bytesReply(
  body: Uint8Array | string,
  mediaType: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status: 200, mediaType, body, headers };
}

/** Bytes that the client may keep, and ask about by their entity tag. */
export function keptReply(
  body: Uint8Array | string,
  mediaType: string,
  cacheControl: string,
  revalidates: 'plain' | 'compressed' = 'plain',
): Reply {
  return { status: 200, mediaType, body, headers: { 'cache-control': cacheControl }, revalidates };
}

/** Headers that make a browser save the body under a name; `name` is of our own making. */
export function savedAs(name: string): Readonly<Record<string, string>> {
  return { 'content-disposition': `attachment; filename="${name}"` };
}
