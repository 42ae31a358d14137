import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';

/** A value that a test may change at will. */
export type Changeable = Record<string, unknown>;

const HASH = 'a1'.repeat(32);
export const DIGEST = `sha256:${'b2'.repeat(32)}`;
export const OTHER_DIGEST = `sha256:${'c3'.repeat(32)}`;
const SIGNER = 'd4'.repeat(32);
/** SHA-256 of "shop/*", by sha256sum. */
const GLOB_HASH = 'c01f2083921271a60203d1b48580ac44566936589cc222a64d24e755a3f08ad6';

const HEADER = { v: 0, log: 'waybill-00ff', time: '2026-03-01T12:00:00.000Z', principal: 'ci' };
const PAYLOAD = { commitment: HASH, mediaType: 'application/json', size: 12 };
const LATER = { seq: 9, prev: HASH };

const link = (key: string) => ({ key, n: 1 });

/** One well-formed entry of every kind in force, as its writer would have it. */
export const SAMPLES: Readonly<Record<string, () => Changeable>> = {
  'log.opened': () => ({
    ...HEADER,
    seq: 0,
    kind: 'log.opened',
    keys: [link('trust')],
    body: { mapRule: 'none', logKeys: ['waybill-00ff+01020304+AQ=='], controlKeys: [], controlThreshold: 0 },
  }),
  'image.signed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'image.signed',
    keys: [link(`image:${DIGEST}`), link(`image:${OTHER_DIGEST}`)],
    repository: 'shop/api',
    signer: SIGNER,
    assurance: 'service',
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    payload: PAYLOAD,
    body: { digest: DIGEST, mediaType: 'application/x', size: 5, shape: 'index', children: [OTHER_DIGEST] },
  }),
  'attestation.recorded': () => ({
    ...HEADER,
    ...LATER,
    kind: 'attestation.recorded',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }],
    repository: 'shop/api',
    stage: 'test',
    signer: SIGNER,
    assurance: 'pipeline',
    predicateType: 'https://waybill.dev/attestation/junit/v1',
    payload: PAYLOAD,
    body: { form: 'envelope', subjects: [DIGEST] },
  }),
  'contract.published': () => ({
    ...HEADER,
    ...LATER,
    kind: 'contract.published',
    keys: [link('contract:shop'), link(`coverage:${GLOB_HASH}`)],
    payload: PAYLOAD,
    body: { contract: 'shop', version: 1, repositories: ['shop/*'], previousRepositories: [] },
  }),
  'contract.withdrawn': () => ({
    ...HEADER,
    ...LATER,
    kind: 'contract.withdrawn',
    keys: [link('contract:shop'), link(`coverage:${GLOB_HASH}`)],
    body: { contract: 'shop', version: 1, repositories: ['shop/*'] },
  }),
  'signer.registered': () => ({
    ...HEADER,
    ...LATER,
    kind: 'signer.registered',
    keys: [link(`signer:${SIGNER}`)],
    payload: PAYLOAD,
    body: { signer: SIGNER, use: 'attest' },
  }),
  'signer.revoked': () => ({
    ...HEADER,
    ...LATER,
    kind: 'signer.revoked',
    keys: [link(`signer:${SIGNER}`)],
    body: { signer: SIGNER, effective: '2026-02-28T00:00:00.000Z' },
  }),
  'principal.granted': () => ({
    ...HEADER,
    ...LATER,
    kind: 'principal.granted',
    keys: [link('principal:ci')],
    payload: PAYLOAD,
    body: { principal: 'ci', role: 'pipeline' },
  }),
  'principal.revoked': () => ({
    ...HEADER,
    ...LATER,
    kind: 'principal.revoked',
    keys: [link('principal:ci')],
    body: { principal: 'ci' },
  }),
  'verdict.recorded': () => ({
    ...HEADER,
    ...LATER,
    kind: 'verdict.recorded',
    keys: [link(`verdict:${DIGEST}`)],
    repository: 'shop/api',
    signer: SIGNER,
    payload: PAYLOAD,
    body: {
      digest: DIGEST,
      verdict: 'pass',
      cut: 9,
      evaluated: '2026-03-01T12:00:00.000Z',
      evaluator: 'waybill-0.1',
      trust: HASH,
    },
  }),
};

/** The sample of a kind; there is one for each. */
export function sample(kind: string): Changeable {
  const make = SAMPLES[kind];
  if (make === undefined) throw new Error(`no sample of ${kind}`);
  return make();
}

export function canonical(value: unknown): Uint8Array {
  return new TextEncoder().encode(formatCanonicalJson(value as Json));
}
