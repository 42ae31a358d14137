import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Reply } from './edge.ts';

const compress = promisify(gzip);

/** Below it compressing saves no packet. */
const COMPRESSED_BYTES_MIN = 1_024;

/** Entity tags by the bytes that they are of, so that what the service keeps is hashed once. */
const tags = new WeakMap<Uint8Array, string>();

/** Compressed forms by the bytes that they are of; a bundle that the service keeps is compressed once. */
const compressed = new WeakMap<Uint8Array, Promise<Uint8Array>>();

/**
 * The reply in the form that the request can take: compressed, where the reply offers that and the client accepts it; or
 * 304 without a body, where the client has these bytes already. Other replies pass as they are.
 * Source: RFC 9110 sections 12.5.3, 13.1.2 and 15.4.5.
 */
export async function representationFor(request: IncomingMessage, reply: Reply): Promise<Reply> {
  const { body, headers = {} } = reply;
  if (reply.encoded !== undefined && body instanceof Uint8Array) return encodedFor(request, reply, body, reply.encoded);
  if (reply.revalidates === undefined || reply.status !== 200) return reply;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return reply;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const varies = reply.revalidates === 'compressed' ? { vary: 'Accept-Encoding' } : {};
  const worthIt = reply.revalidates === 'compressed' && bytes.length >= COMPRESSED_BYTES_MIN;
  const zipped = worthIt && acceptsCoding(request.headers['accept-encoding'], 'gzip');
  const sent = zipped ? await gzipOf(bytes) : bytes;
  const etag = tagOf(sent);
  const named = { ...headers, ...varies, etag };
  if (names(request.headers['if-none-match'], etag)) return { ...reply, status: 304, body: '', headers: named };
  return { ...reply, body: sent, headers: zipped ? { ...named, 'content-encoding': 'gzip' } : named };
}

/** The smallest form that was made before and is accepted; a page that is none keeps its 404. */
function encodedFor(
  request: IncomingMessage,
  reply: Reply,
  plain: Uint8Array,
  { br, gzip: zipped }: NonNullable<Reply['encoded']>,
): Reply {
  const accepted = request.headers['accept-encoding'];
  const [coding, sent] =
    br !== undefined && acceptsCoding(accepted, 'br')
      ? ['br', br]
      : zipped !== undefined && acceptsCoding(accepted, 'gzip')
        ? ['gzip', zipped]
        : [undefined, plain];
  const etag = tagOf(sent);
  const named = { ...reply.headers, vary: 'Accept-Encoding', etag };
  if (reply.status === 200 && names(request.headers['if-none-match'], etag))
    return { ...reply, status: 304, body: '', headers: named };
  return { ...reply, body: sent, headers: coding === undefined ? named : { ...named, 'content-encoding': coding } };
}

function tagOf(bytes: Uint8Array): string {
  const tag = tags.get(bytes) ?? `"${hash('sha256', bytes, 'base64url').slice(0, 27)}"`;
  tags.set(bytes, tag);
  return tag;
}

function gzipOf(bytes: Uint8Array): Promise<Uint8Array> {
  const known = compressed.get(bytes);
  if (known !== undefined) return known;
  // Without a name or time in its header, so that the same bytes come out each time.
  const made = compress(bytes, { level: constants.Z_DEFAULT_COMPRESSION });
  compressed.set(bytes, made);
  return made;
}

/** Whether a coding is accepted: named, or covered by `*`, with a weight other than 0. Without the header, nothing is. */
export function acceptsCoding(header: string | undefined, wanted: 'br' | 'gzip'): boolean {
  if (header === undefined) return false;
  let any = false;
  for (const part of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const accepted = weight === undefined || Number(weight.slice(2)) > 0;
    if (coding === wanted || coding === `x-${wanted}`) return accepted;
    if (coding === '*') any = accepted;
  }
  return any;
}

/** Whether an If-None-Match names the tag; weak and strong count alike. */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => {
    const tag = part.trim();
    return tag === '*' || tag === etag || tag === `W/${etag}`;
  });
}
