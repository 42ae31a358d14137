import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';

/** A value that a test may change at will. */
export type Changeable = Record<string, unknown>;

const HASH = 'a1'.repeat(32);
export const DIGEST = `sha256:${'b2'.repeat(32)}`;
export const OTHER_DIGEST = `sha256:${'c3'.repeat(32)}`;
const SIGNER = 'd4'.repeat(32);
const SUCCESSOR = 'e5'.repeat(32);
/** SHA-256 of "shop/*", by sha256sum. */
const GLOB_HASH = 'c01f2083921271a60203d1b48580ac44566936589cc222a64d24e755a3f08ad6';

/** SHA-256 of "shop/api", a zero byte and "production", by sha256sum. */
const RELEASE_HASH = '05b2b56975f2812f5e226d1c3043209419de813e4e9b9809f4de059eec5752fb';
const WAIVER = `w-${'k5'.repeat(13)}`;
/** SHA-256 of "shop/api", a zero byte and the commit, by sha256sum. */
const SOURCE_HASH = '17d0d0c7e48013cc16a28ad040a52412efac9cc0c0a73ee05c28a5179169cb06';
const COMMIT = '5b'.repeat(20);
const RUN = 'r-abcdefghijklmnopqrstuvwx27';

const HEADER = { v: 1, log: 'waybill-00ff', time: '2026-03-01T12:00:00.000Z', principal: 'ci' };
const PAYLOAD = { commitment: HASH, mediaType: 'application/json', size: 12 };
const LATER = { seq: 9, prev: HASH };

const link = (key: string) => ({ key, n: 1 });

const ofRun = (kind: string): Changeable => ({
  ...HEADER,
  ...LATER,
  kind,
  keys: [link(`run:${RUN}`), link(`source:${SOURCE_HASH}`)],
  repository: 'shop/api',
  run: RUN,
});

/** One well-formed entry of every kind in force, as its writer would have it. */
export const SAMPLES: Readonly<Record<string, () => Changeable>> = {
  'log.opened': () => ({
    ...HEADER,
    seq: 0,
    kind: 'log.opened',
    keys: [link('trust')],
    body: { mapRule: 'waybill/map/v1', logKeys: ['waybill-00ff+01020304+AQ=='], controlKeys: [], controlThreshold: 0 },
  }),
  'log.sealed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'log.sealed',
    keys: [{ key: 'trust', n: 2, prev: HASH, prevSeq: 0 }],
    body: { successor: 'waybill-ff00', logKeys: ['waybill-ff00+01020304+AQ=='] },
  }),
  'control-keys.changed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'control-keys.changed',
    keys: [{ key: 'trust', n: 2, prev: HASH, prevSeq: 0 }],
    body: { controlKeys: ['AAAA'], controlThreshold: 1 },
  }),
  'log-key.rotated': () => ({
    ...HEADER,
    ...LATER,
    kind: 'log-key.rotated',
    keys: [{ key: 'trust', n: 2, prev: HASH, prevSeq: 0 }],
    body: {
      previousLogKeys: ['waybill-00ff+01020304+AQ=='],
      logKeys: ['waybill-00ff+01020304+AQ==', 'waybill-00ff+05060708+AQ=='],
      signatures: [`${'A'.repeat(86)}==`, `${'B'.repeat(85)}A==`],
    },
  }),
  'settings.changed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'settings.changed',
    keys: [{ key: 'trust', n: 2, prev: HASH, prevSeq: 0 }],
    body: { dualControl: true },
  }),
  'change.proposed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'change.proposed',
    keys: [link('contract:shop')],
    payload: PAYLOAD,
    body: { kind: 'contract.published', key: 'contract:shop' },
  }),
  'token.issued': () => ({
    ...HEADER,
    ...LATER,
    kind: 'token.issued',
    keys: [link('principal:anna')],
    body: { principal: 'anna', lifetimeSeconds: 60 },
  }),
  'map.committed': () => ({
    ...HEADER,
    ...LATER,
    kind: 'map.committed',
    keys: [],
    body: { keys: 4, root: HASH },
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
  'run.opened': () => ({
    ...ofRun('run.opened'),
    body: {
      commit: COMMIT,
      contracts: [
        { contract: 'bank', version: 3 },
        { contract: 'shop', version: 1 },
      ],
      stages: ['build', 'test'],
      expires: '2026-03-01T18:00:00.000Z',
    },
  }),
  'run.closed': () => ({ ...ofRun('run.closed'), body: { commit: COMMIT, outcome: 'failed' } }),
  'run.expired': () => ({ ...ofRun('run.expired'), body: { commit: COMMIT } }),
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
  'signer.rotated': () => ({
    ...HEADER,
    ...LATER,
    kind: 'signer.rotated',
    keys: [{ key: `signer:${SIGNER}`, n: 2, prev: HASH, prevSeq: 4 }, link(`signer:${SUCCESSOR}`)],
    payload: PAYLOAD,
    body: { signer: SIGNER, successor: SUCCESSOR, until: '2026-03-08T12:00:00.000Z' },
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
  'image.released': () => ({
    ...HEADER,
    ...LATER,
    kind: 'image.released',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }, link(`release:${RELEASE_HASH}`)],
    repository: 'shop/api',
    body: { digest: DIGEST, environment: 'production', verdict: 8 },
  }),
  'image.retired': () => ({
    ...HEADER,
    ...LATER,
    kind: 'image.retired',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }, link(`release:${RELEASE_HASH}`)],
    repository: 'shop/api',
    body: { digest: DIGEST, environment: 'production' },
  }),
  'waiver.requested': () => ({
    ...HEADER,
    ...LATER,
    kind: 'waiver.requested',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }, link(`waiver:${WAIVER}`)],
    repository: 'shop/api',
    payload: PAYLOAD,
    body: {
      waiver: WAIVER,
      digest: DIGEST,
      check: 'contract/stage',
      contract: 'shop',
      stage: 'scan',
      rule: 'no-critical',
      expires: '2026-03-08T12:00:00.000Z',
      breakGlass: false,
    },
  }),
  'waiver.approved': () => ({
    ...HEADER,
    ...LATER,
    kind: 'waiver.approved',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }, link(`waiver:${WAIVER}`)],
    repository: 'shop/api',
    body: { waiver: WAIVER, digest: DIGEST },
  }),
  'waiver.revoked': () => ({
    ...HEADER,
    ...LATER,
    kind: 'waiver.revoked',
    keys: [{ key: `image:${DIGEST}`, n: 3, prev: HASH, prevSeq: 8 }, link(`waiver:${WAIVER}`)],
    repository: 'shop/api',
    body: { waiver: WAIVER, digest: DIGEST },
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
