import { CONTROLLED_MEDIA_TYPE } from '../api/contracts.ts';
import type { REPORT_FORMATS } from '../api/images.ts';
import { decode, type Reader } from '../core/encoding/decode.ts';
import { type Json, type JsonObject, parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { EVIDENCE_BYTES_MAX } from '../core/limits.ts';
import {
  attestationAnswer,
  chainStep,
  changeView,
  contractView,
  controlKeysView,
  gateAnswer,
  imageSummary,
  impactAnswer,
  newToken,
  pageOf,
  principalView,
  settingsView,
  signedImageAnswer,
  signerView,
  tokenView,
} from './answers.ts';
import {
  type Answer,
  type Ask,
  type Bytes,
  both,
  type Get,
  type PageQuestion,
  type Post,
  type Progress,
} from './call.ts';
import { ClientError } from './client-error.ts';
import { releaseCalls, waiverCalls } from './decision-calls.ts';
import { EVENTS_SILENCE_MS, eventCalls } from './event-calls.ts';
import { findCalls } from './find-calls.ts';
import { logCalls } from './log-calls.ts';
import { runCalls } from './run-calls.ts';
import { type ApiRequest, openStreaming, openTransport, type TransportOptions } from './transport.ts';
import { webhookCalls } from './webhook-calls.ts';

/** An image, and the repository that is meant where the caller may read the digest in more than one. */
export type ImageQuestion = { readonly digest: string; readonly repository?: string | undefined };

/** The same as of a past state of the ledger: the size of a checkpoint, or a time; by whose knowledge, `then` or `now`. */
export type PastQuestion = ImageQuestion & {
  readonly asOf?: string | undefined;
  readonly view?: 'then' | 'now' | undefined;
};
/** The same, with the environment that the image is to run in: what was released there before is then shown, too. */
export type ComparedQuestion = PastQuestion & { readonly environment?: string | undefined };
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
  const post: Post = (reader, path, body, { once = false, key } = {}) =>
    ask(reader, {
      method: 'POST',
      path,
      body: encodeUtf8(JSON.stringify(body)),
      contentType: 'application/json',
      once,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
  const bytes = async (path: string, query: ApiRequest['query'], accept: string, onProgress: Progress) => {
    const request = { method: 'GET', path, query: query ?? {}, accept, answerBytesMax: REPORT_BYTES_MAX } as const;
    const answer = await send({ ...request, ...(onProgress === undefined ? {} : { onProgress }) });
    return answer.body;
  };

  return {
    ...imageCalls(ask, get, bytes),
    ...registryCalls(ask, get, post),
    ...dualCalls(get, post),
    ...findCalls(get),
    ...runCalls(get, post),
    ...waiverCalls(get, post),
    ...releaseCalls(get, post),
    ...webhookCalls(get, post),
    ...logCalls(send, get, bytes, openStreaming(options)),
    ...eventCalls(send, openStreaming({ ...options, patience: { ...options.patience, timeoutMs: EVENTS_SILENCE_MS } })),
  };
}

/** The agreement of control keys, in logs that have some. */
export type ControlledChange = { readonly control?: string };

function imageCalls(ask: Ask, get: Get, bytes: Bytes) {
  const image = (digest: string) => `/v1/images/${encodeURIComponent(digest)}`;
  return {
    signImage: (request: {
      readonly manifest: Uint8Array;
      readonly mediaType: string | undefined;
      readonly repository: string;
      readonly annotations: Readonly<Record<string, string>>;
      readonly run?: string | undefined;
    }) =>
      ask(signedImageAnswer, {
        method: 'POST',
        path: '/v1/images/sign',
        query: {
          repository: request.repository,
          run: request.run,
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
      readonly run?: string | undefined;
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
    evidence: ({ digest, repository, environment, asOf, view }: ComparedQuestion, onProgress?: Progress) =>
      bytes(`${image(digest)}/evidence`, { repository, environment, asOf, view }, 'application/json', onProgress),
    /** Facts of the image as their exact bytes. */
    facts: ({ digest, repository }: ImageQuestion, onProgress?: Progress) =>
      bytes(`${image(digest)}/facts`, { repository }, 'application/json', onProgress),
    /** The report as its exact bytes. */
    report: (
      { digest, repository, environment, asOf, view }: ComparedQuestion,
      format: (typeof REPORT_FORMATS)[number],
      onProgress?: Progress,
    ) => {
      const accept = { html: 'text/html', json: 'application/json', csv: 'text/csv' }[format];
      return bytes(`${image(digest)}/report`, { repository, environment, asOf, view, format }, accept, onProgress);
    },
    /** Yes (status 200) or no (412). */
    gate: ({ digest, repository, environment }: ImageQuestion & { readonly environment?: string }) =>
      ask(gateAnswer, {
        method: 'GET',
        path: `/v1/gate/${encodeURIComponent(digest)}`,
        query: { repository, environment },
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
      readonly ageSecondsWarn?: number;
      readonly ageSecondsMax?: number;
      readonly control?: string;
    }) => post(both(signerView), '/v1/signers', request),
    signers: (page: PageQuestion) => get(pageOf(signerView), '/v1/signers', page),
    signer: (id: string) => get(signerView, signer(id)),
    /** What rests on a signer since a time, a page of it. */
    impact: (id: string, query: PageQuestion & { readonly since?: string | undefined }) =>
      get(impactAnswer, `${signer(id)}/impact`, query),
    /** `rotation` is a DSSE envelope, signed by the old and by the new key; `control` stands beside its members. */
    rotateSigner: (id: string, rotation: JsonObject) => post(both(signerView), `${signer(id)}/rotate`, rotation),
    revokeSigner: (id: string, change: { readonly effective?: string; readonly control?: string } = {}) =>
      post(both(signerView), `${signer(id)}/revoke`, change),

    /** The contract as its author wrote it: the service reads YAML and JSON, each strictly. */
    publishContract: (document: Uint8Array, contentType: 'application/json' | 'application/yaml') =>
      ask(both(contractView), { method: 'POST', path: '/v1/contracts', body: document, contentType }),
    /** A contract that control keys agreed to, as the exact document that they saw. */
    publishControlled: (document: Json, control: string) =>
      ask(both(contractView), {
        method: 'POST',
        path: '/v1/contracts',
        body: encodeUtf8(JSON.stringify({ document, control })),
        contentType: CONTROLLED_MEDIA_TYPE,
      }),
    contracts: (page: PageQuestion) => get(pageOf(contractView), '/v1/contracts', page),
    contract: (name: string, version?: number) => get(contractView, contract(name), { version }),
    withdrawContract: (name: string, change: ControlledChange = {}) =>
      post(both(contractView), `${contract(name)}/withdraw`, change),

    controlKeys: () => get(controlKeysView, '/v1/control-keys'),
    changeControlKeys: (request: {
      readonly controlKeys: readonly string[];
      readonly controlThreshold: number;
      readonly control: string;
    }) => post(both(controlKeysView), '/v1/control-keys', request),

    grantPrincipal: (request: {
      readonly principal: string;
      readonly role: string;
      readonly repositories: readonly string[];
      readonly stages: readonly string[];
      readonly person?: string;
      readonly title?: string;
      readonly control?: string;
    }) => post(both(principalView), '/v1/principals', request),
    principals: (page: PageQuestion) => get(pageOf(principalView), '/v1/principals', page),
    principal: (name: string) => get(principalView, principal(name)),
    revokePrincipal: (name: string, change: ControlledChange = {}) =>
      post(both(principalView), `${principal(name)}/revoke`, change),

    /** Every call makes another token, so this one is sent once. */
    createToken: (request: { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number }) =>
      post(newToken, '/v1/tokens', request, { once: true }),
    tokens: (page: PageQuestion) => get(pageOf(tokenView), '/v1/tokens', page),
    revokeToken: (id: string) => post(tokenView, `/v1/tokens/${encodeURIComponent(id)}/revoke`, {}),
  };
}

/** Changes of trust by two people, and whether they take two. */
function dualCalls(get: Get, post: Post) {
  return {
    /** A change of trust, as the first of two people: `document` is base64. */
    proposeChange: (change: {
      readonly kind: string;
      readonly body: Json;
      readonly mediaType?: string;
      readonly document?: string;
    }) => post(both(changeView), '/v1/changes', change),
    proposedChanges: (page: PageQuestion) => get(pageOf(changeView), '/v1/changes', page),
    settings: () => get(settingsView, '/v1/settings'),
    changeSettings: (request: { readonly dualControl: boolean; readonly control?: string }) =>
      post(both(settingsView), '/v1/settings', request),
  };
}
