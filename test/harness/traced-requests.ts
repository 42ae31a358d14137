import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { NoteKey } from '../../src/core/checkpoint/signed-note.ts';
import { type KeptReceipt, keepReceipt } from './kept-receipts.ts';

/** A request that changes the ledger, and the trace that it leaves there; sent again it is the same submission. */
export type TracedRequest = {
  /** Undefined where what it does has no identity: each time it is asked for, it is done. */
  readonly trace: string | undefined;
  readonly path: string;
  readonly type: string;
  readonly body: string;
};

/** `large` is an attestation whose payload is stored in a transaction of its own. */
export type TracedKind = 'attestation' | 'large' | 'signing' | 'signer' | 'contract' | 'token' | 'verdict';

/** Makes another request of its kind. `verdict` needs that `IMAGE_JUDGED` was signed before. */
export function makeRequest(kind: TracedKind): TracedRequest {
  const trace = `trace-${randomBytes(8).toString('hex')}`;
  return { trace: kind === 'token' || kind === 'verdict' ? undefined : trace, ...MAKERS[kind](trace) };
}

const JUDGED_MANIFEST = manifest('judged');

/** Signs the image that `verdict` asks about. */
export const SIGN_JUDGED: TracedRequest = { trace: undefined, ...signing(JUDGED_MANIFEST, 'api') };

const MAKERS: Readonly<Record<TracedKind, (trace: string) => Omit<TracedRequest, 'trace'>>> = {
  attestation: (trace) => attesting(trace, ''),
  large: (trace) => attesting(trace, 'x'.repeat(20_000)),
  signing: (trace) => signing(manifest(trace), trace),
  signer: (trace) => ({
    path: '/v1/signers',
    type: 'application/json',
    body: JSON.stringify({
      publicKeyPem: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
      repositories: ['shop/*'],
      stages: ['test'],
      title: trace,
    }),
  }),
  contract: (trace) => ({
    path: '/v1/contracts',
    type: 'application/yaml',
    body: `contract: ${trace}\nrepositories: ["bank/${trace}"]\nstages:\n  - stage: lint\n`,
  }),
  token: (trace) => ({
    path: '/v1/tokens',
    type: 'application/json',
    body: JSON.stringify({ principal: 'bootstrap-admin', title: trace, lifetimeSeconds: 600 }),
  }),
  verdict: () => ({
    path: '/v1/verifications',
    type: 'application/json',
    body: JSON.stringify({ subject: `sha256:${sha256(JUDGED_MANIFEST)}`, repository: 'shop/api', record: true }),
  }),
};

function attesting(trace: string, text: string): Omit<TracedRequest, 'trace'> {
  const driver = { name: trace, ...(text === '' ? {} : { fullName: text }) };
  return {
    path: `/v1/attestations?repository=shop/api&stage=lint&subject=sha256:${sha256(trace)}`,
    type: 'application/json',
    body: JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results: [] }] }),
  };
}

function signing(body: string, name: string): Omit<TracedRequest, 'trace'> {
  return { path: `/v1/images/sign?repository=shop/${name}`, type: 'application/octet-stream', body };
}

function manifest(name: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${sha256(name)}`, size: 2 },
    layers: [],
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where requests go, and what their receipts must verify under. */
export type Endpoint = { readonly url: string; readonly token: string; readonly logKey: NoteKey };

/** What a client knows after it sent a request: a status and, where something was recorded, its receipt, verified. */
export type Answer = {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly code?: string;
  readonly receipt?: KeptReceipt;
};

/** Sends a request once. No answer within `timeMsMax` counts as none. */
export async function send(endpoint: Endpoint, request: TracedRequest, timeMsMax = 30_000): Promise<Answer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${endpoint.url}${request.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint.token}`, 'content-type': request.type },
      body: request.body,
      signal: AbortSignal.timeout(timeMsMax),
    });
    status = response.status;
    text = await response.text();
  } catch {
    return { status: 0 };
  }
  const said = JSON.parse(text);
  if (status >= 300) return { status, code: said.code };
  const recorded = request.path === '/v1/verifications' ? said.recorded : said;
  if (request.path === '/v1/tokens') return { status };
  return { status, receipt: keepReceipt(recorded.receipt, endpoint.logKey) };
}
