import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../api/route.ts';
import { parseJson } from '../core/encoding/json.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { announcesBody, readRawBody } from './raw-body.ts';
import { readValue } from './request-values.ts';

/** Deepest nesting of a JSON request: the deepest of ours has four levels. */
const DEPTH_MAX = 16;

/** A body as its route reads it, and its size as sent. */
export type RequestBody = { readonly value: unknown; readonly bytes: number };

/**
 * Reads the body that the route asks for: bytes as they are, or JSON against the route's schema. `sender` is by whom large ones are counted.
 *
 * Faults: those of {@link readRawBody}, `http/body-unexpected`, `http/body-missing`, `http/unsupported-media-type`,
 * `http/invalid-body`, and those of strict JSON (`encoding/…`).
 */
export async function readRequestBody(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  sender: string,
): Promise<Result<RequestBody>> {
  const { body } = route;
  if (body === undefined) {
    if (announcesBody(request)) return fail('http/body-unexpected', 'This route takes no body.');
    return ok({ value: undefined, bytes: 0 });
  }
  const mediaType = mediaTypeOf(request);
  if (body.form === 'bytes') {
    if (body.onlyThese && !(mediaType !== undefined && body.mediaTypes.includes(mediaType))) {
      return fail('http/unsupported-media-type', `Content-Type is one of ${body.mediaTypes.join(', ')}.`);
    }
    const bytes = await readRawBody(request, response, body.bytesMax, sender);
    if (!bytes.ok) return bytes;
    if (bytes.value.length === 0) return fail('http/body-missing', 'This route needs a body.');
    return ok({ value: bytes.value, bytes: bytes.value.length });
  }
  if (announcesBody(request) && mediaType !== 'application/json') {
    return fail('http/unsupported-media-type', 'Content-Type is application/json.');
  }
  const bytes = await readRawBody(request, response, body.bytesMax, sender);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0 && !body.optional) return fail('http/body-missing', 'This route needs a body.');
  const json = bytes.value.length === 0 ? ok({}) : parseJson(bytes.value, { depthMax: DEPTH_MAX, membersMax: 10_000 });
  if (!json.ok) return json;
  const value = readValue(body.schema, json.value);
  return value.ok ? ok({ value: value.value, bytes: bytes.value.length }) : value;
}

/** Media type of the body, lower case and without parameters. */
export function mediaTypeOf(request: IncomingMessage): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}
