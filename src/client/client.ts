import { decode, type Reader } from '../core/encoding/decode.ts';
import { type Json, parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { EVIDENCE_BYTES_MAX } from '../core/limits.ts';
import {
  attestationAnswer,
  chainStep,
  consistencyAnswer,
  contractView,
  gateAnswer,
  imageSummary,
  newToken,
  type Page,
  pageOf,
  principalView,
  type Recorded,
  recordedAnswer,
  signedImageAnswer,
  signerView,
  tokenView,
} from './answers.ts';
import { ClientError } from './client-error.ts';
import { type ApiRequest, openTransport, type TransportOptions } from './transport.ts';

/** What the service answered: `value` as this client reads it, `json` with everything that it said. */
export type Answered<T> = { readonly value: T; readonly json: Json; readonly status: number };
type Answer<T> = Promise<Answered<T>>;

/** An image, and the repository that is meant where the caller may read the digest in more than one. */
export type ImageQuestion = { readonly digest: string; readonly repository?: string | undefined };
export type PageQuestion = { readonly cursor?: string | undefined; readonly limit?: number | undefined };
type Progress = ApiRequest['onProgress'];

/** A report carries the evidence and the program that checks it. */
const REPORT_BYTES_MAX = EVIDENCE_BYTES_MAX + 8 * 1024 * 1024;

export type Client = ReturnType<typeof openClient>;

/**
 * The HTTP API as functions; every one throws `ClientError`. Nothing that comes back is verified here, beyond its form:
 * receipts and evidence prove themselves to `core`.
 */
export function openClient(options: TransportOptions) {
  const send = openTransport(options);

  async function ask<T>(reader: Reader<T>, request: ApiRequest): Answer<T> {
    const { status, body } = await send(request);
    const parsed = parseJson(body);
    const read = parsed.ok ? decode(reader, parsed.value) : parsed;
    if (parsed.ok && read.ok) return { value: read.value, json: parsed.value, status };
    const reason = read.ok ? '' : ` (${read.fault.code}${read.fault.at === undefined ? '' : ` at ${read.fault.at}`})`;
    const message = `The answer to ${request.method} ${request.path} is not what the API promises${reason}.`;
    throw new ClientError({ code: 'client/malformed-answer', message, status });
  }
  const get = <T>(reader: Reader<T>, path: string, query: ApiRequest['query'] = {}) =>
    ask(reader, { method: 'GET', path, query });
  const post: Post = (reader, path, body, once = false) =>
    ask(reader, {
      method: 'POST',
      path,
      body: encodeUtf8(JSON.stringify(body)),
      contentType: 'application/json',
      once,
    });
  const bytes = async (path: string, query: ApiRequest['query'], accept: string, onProgress: Progress) => {
    const request = { method: 'GET', path, query: query ?? {}, accept, answerBytesMax: REPORT_BYTES_MAX } as const;
    const answer = await send({ ...request, ...(onProgress === undefined ? {} : { onProgress }) });
    return answer.body;
  };

  return {
    ...imageCalls(ask, get, bytes),
    ...registryCalls(ask, get, post),
    /** The newest checkpoint: a signed note. Needs no token. */
    checkpoint: async () => (await send({ method: 'GET', path: '/log/checkpoint', accept: 'text/plain' })).body,
    consistency: (from: number, to: number) => get(consistencyAnswer, '/v1/consistency', { from, to }),
  };
}

type Ask = <T>(reader: Reader<T>, request: ApiRequest) => Answer<T>;
type Get = <T>(reader: Reader<T>, path: string, query?: ApiRequest['query']) => Answer<T>;
type Post = <T>(reader: Reader<T>, path: string, body: Json, once?: boolean) => Answer<T>;
type Bytes = (path: string, query: ApiRequest['query'], accept: string, onProgress: Progress) => Promise<Uint8Array>;

function imageCalls(ask: Ask, get: Get, bytes: Bytes) {
  const image = (digest: string) => `/v1/images/${encodeURIComponent(digest)}`;
  return {
    signImage: (request: {
      readonly manifest: Uint8Array;
      readonly mediaType: string | undefined;
      readonly repository: string;
      readonly annotations: Readonly<Record<string, string>>;
    }) =>
      ask(signedImageAnswer, {
        method: 'POST',
        path: '/v1/images/sign',
        query: {
          repository: request.repository,
          annotation: Object.entries(request.annotations).map(([name, value]) => `${name}=${value}`),
        },
        body: request.manifest,
        contentType: request.mediaType ?? 'application/octet-stream',
      }),

    submitAttestation: (request: {
      readonly body: Uint8Array;
      readonly contentType: string;
      readonly subject?: string | undefined;
      readonly repository?: string | undefined;
      readonly stage?: string | undefined;
    }) => {
      const { body, contentType, ...query } = request;
      return ask(attestationAnswer, { method: 'POST', path: '/v1/attestations', query, body, contentType });
    },

    images: (filter: { readonly repository?: string; readonly verdict?: string }, page: PageQuestion) =>
      get(pageOf(imageSummary), '/v1/images', { ...filter, ...page }),
    image: ({ digest, repository }: ImageQuestion) => get(imageSummary, image(digest), { repository }),
    chain: ({ digest, repository }: ImageQuestion, page: PageQuestion) =>
      get(pageOf(chainStep), `${image(digest)}/chain`, { repository, ...page }),
    /** Evidence as its exact bytes. */
    evidence: ({ digest, repository }: ImageQuestion, onProgress?: Progress) =>
      bytes(`${image(digest)}/evidence`, { repository }, 'application/json', onProgress),
    /** The report as its exact bytes. */
    report: ({ digest, repository }: ImageQuestion, format: 'html' | 'json', onProgress?: Progress) => {
      const accept = format === 'html' ? 'text/html' : 'application/json';
      return bytes(`${image(digest)}/report`, { repository, format }, accept, onProgress);
    },
    /** Yes (status 200) or no (412). */
    gate: ({ digest, repository }: ImageQuestion) =>
      ask(gateAnswer, {
        method: 'GET',
        path: `/v1/gate/${encodeURIComponent(digest)}`,
        query: { repository },
        accepted: [412],
      }),
  };
}

function registryCalls(ask: Ask, get: Get, post: Post) {
  const contract = (name: string) => `/v1/contracts/${encodeURIComponent(name)}`;
  const principal = (name: string) => `/v1/principals/${encodeURIComponent(name)}`;
  const signer = (id: string) => `/v1/signers/${encodeURIComponent(id)}`;
  return {
    registerSigner: (request: {
      readonly publicKeyPem: string;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly title?: string;
    }) => post(both(signerView), '/v1/signers', request),
    signers: (page: PageQuestion) => get(pageOf(signerView), '/v1/signers', page),
    signer: (id: string) => get(signerView, signer(id)),
    revokeSigner: (id: string, effective?: string) =>
      post(both(signerView), `${signer(id)}/revoke`, effective === undefined ? {} : { effective }),

    /** The contract as its author wrote it: the service reads YAML and JSON, each strictly. */
    publishContract: (document: Uint8Array, contentType: 'application/json' | 'application/yaml') =>
      ask(both(contractView), { method: 'POST', path: '/v1/contracts', body: document, contentType }),
    contracts: (page: PageQuestion) => get(pageOf(contractView), '/v1/contracts', page),
    contract: (name: string) => get(contractView, contract(name)),
    withdrawContract: (name: string) => post(both(contractView), `${contract(name)}/withdraw`, {}),

    grantPrincipal: (request: {
      readonly principal: string;
      readonly role: string;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly person?: string;
      readonly title?: string;
    }) => post(both(principalView), '/v1/principals', request),
    principals: (page: PageQuestion) => get(pageOf(principalView), '/v1/principals', page),
    principal: (name: string) => get(principalView, principal(name)),
    revokePrincipal: (name: string) => post(both(principalView), `${principal(name)}/revoke`, {}),

    /** Every call makes another token, so this one is sent once. */
    createToken: (request: { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number }) =>
      post(newToken, '/v1/tokens', request, true),
    tokens: (page: PageQuestion) => get(pageOf(tokenView), '/v1/tokens', page),
    revokeToken: (id: string) => post(tokenView, `/v1/tokens/${encodeURIComponent(id)}/revoke`, {}),
  };
}

/** A view and what every write answers besides. */
function both<T>(view: Reader<T>): Reader<{ readonly view: T; readonly recorded: Recorded }> {
  return (value, at) => {
    const read = view(value, at);
    if (!read.ok) return read;
    const recorded = recordedAnswer(value, at);
    return recorded.ok ? { ok: true, value: { view: read.value, recorded: recorded.value } } : recorded;
  };
}

/** Every item of a paged list, page after page. `onPage` hears how many there are so far. */
export async function collectPages<T>(
  read: (page: PageQuestion) => Answer<Page<T>>,
  options: { readonly max?: number; readonly onPage?: (count: number) => void } = {},
): Promise<{ readonly items: readonly T[]; readonly json: readonly Json[] }> {
  const items: T[] = [];
  const json: Json[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ cursor, limit: 200 });
    items.push(...page.value.items);
    const raw = page.json as { readonly items: readonly Json[] };
    json.push(...raw.items);
    options.onPage?.(items.length);
    // A cursor that does not move would be asked for ever.
    if (page.value.next !== undefined && page.value.next === cursor) break;
    cursor = page.value.next;
  } while (cursor !== undefined && items.length < (options.max ?? Number.MAX_SAFE_INTEGER));
  return { items: items.slice(0, options.max), json: json.slice(0, options.max) };
}
