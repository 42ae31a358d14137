import type { Json } from '../core/encoding/json.ts';
import type { Recorded } from '../service/answers.ts';
import type { Edge, Reply } from './edge.ts';

/** What can stand in a JSON answer: absent members are left out. */
export type Answerable = Json | object;

export function jsonReply(value: Answerable, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, mediaType: 'application/json', body: JSON.stringify(value), headers };
}

/** 201 and where the new thing is, or 200 for a submission that was there before. */
export function recordedReply(edge: Edge, answer: Recorded & object, location: string): Reply {
  edge.metrics.countAppend(answer.duplicate);
  return answer.duplicate ? jsonReply(answer) : jsonReply(answer, 201, { location });
}

/** 200 for what changes an existing thing, whether now or by an earlier, identical request. */
export function changedReply(edge: Edge, answer: Recorded & object): Reply {
  edge.metrics.countAppend(answer.duplicate);
  return jsonReply(answer);
}

export function bytesReply(
  body: Uint8Array | string,
  mediaType: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status: 200, mediaType, body, headers };
}

/** Headers that make a browser save the body under a name; `name` is of our own making. */
export function savedAs(name: string): Readonly<Record<string, string>> {
  return { 'content-disposition': `attachment; filename="${name}"` };
}
