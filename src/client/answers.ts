import {
  array,
  boolean,
  type Decoded,
  integer,
  json,
  openObject,
  optional,
  type Reader,
  string,
} from '../core/encoding/decode.ts';
import { comparison } from './comparison.ts';

/** Readers of the API's answers. Unknown members are passed over, so that a newer service can say more. */

const text = string({ max: 20_000 });
const texts = array(text, { max: 10_000 });

/** What every write answers: where the entry stands, whether it stood there before, and the receipt as JSON. */
const recorded = { seq: integer(), duplicate: boolean(), receipt: json() };

export const signedImageAnswer = openObject({
  ...recorded,
  digest: text,
  repository: text,
  mediaType: text,
  shape: text,
  signer: text,
  bundle: json(),
  simpleSigning: openObject({ payload: string({ max: 4_000_000 }), signature: text }),
});

export const attestationAnswer = openObject({
  ...recorded,
  subjects: texts,
  repository: text,
  stage: text,
  predicateType: text,
  assurance: text,
  signer: text,
  recognised: text,
});

export const imageSummary = openObject({
  digest: text,
  repository: text,
  mediaType: text,
  shape: text,
  signedAt: text,
  seq: integer(),
  attestations: integer(),
  verdict: optional(text),
  entriesSince: optional(integer()),
  retired: optional(boolean()),
});

export const chainStep = openObject({
  entry: openObject({
    seq: integer(),
    time: text,
    kind: text,
    principal: text,
    repository: optional(text),
    stage: optional(text),
    run: optional(text),
    signer: optional(text),
    assurance: optional(text),
    predicateType: optional(text),
  }),
  hash: text,
  via: optional(text),
});

export const runView = openObject({
  run: text,
  repository: text,
  commit: text,
  attempt: integer(),
  state: text,
  openedAt: text,
  expiresAt: text,
  endedAt: optional(text),
  principal: text,
  contracts: array(openObject({ contract: text, version: integer() }), { max: 10_000 }),
  stages: texts,
});
export type RunView = Decoded<typeof runView>;

export const signerView = openObject({
  signer: text,
  use: text,
  algorithm: text,
  publicKeyPem: text,
  repositories: texts,
  stages: texts,
  title: optional(text),
  state: optional(text),
  registeredAt: text,
  revokedFrom: optional(text),
  ageSecondsWarn: optional(integer()),
  ageSecondsMax: optional(integer()),
  warnFrom: optional(text),
  expiresAt: optional(text),
  follows: optional(text),
  successor: optional(text),
  retiredFrom: optional(text),
});
export type SignerView = Decoded<typeof signerView>;

export const impactItem = openObject({
  subject: text,
  repository: text,
  stage: optional(text),
  signer: text,
  seq: integer(),
  time: text,
  saved: boolean(),
  checkpoint: integer(),
  releases: array(openObject({ seq: integer(), time: text, environment: text, state: text, digest: optional(text) }), {
    max: 1_100,
  }),
});
export type ImpactItem = Decoded<typeof impactItem>;

export const impactAnswer = openObject({
  signer: text,
  signers: texts,
  since: text,
  effective: text,
  revoked: boolean(),
  items: array(impactItem, { max: 10_000 }),
  next: optional(text),
});

export const contractView = openObject({
  contract: text,
  version: integer(),
  publishedAt: text,
  withdrawn: boolean(),
  document: json(),
});

export const principalView = openObject({
  principal: text,
  role: text,
  repositories: texts,
  stages: texts,
  person: optional(text),
  title: optional(text),
  grantedAt: text,
  revoked: boolean(),
});
export type PrincipalView = Decoded<typeof principalView>;

const controlSet = { controlKeys: texts, controlThreshold: integer() };
export const controlKeysView = openObject({ ...controlSet, opened: openObject(controlSet) });

export const settingsView = openObject({ dualControl: boolean() });
export const changeView = openObject({
  key: text,
  kind: text,
  body: json(),
  mediaType: optional(text),
  document: optional(string({ max: 4_000_000 })),
  proposal: integer(),
  proposedAt: text,
  principal: text,
  person: optional(text),
});
export type ChangeView = Decoded<typeof changeView>;

export const tokenView = openObject({
  id: text,
  principal: text,
  title: text,
  createdAt: text,
  expiresAt: text,
  revokedAt: optional(text),
});

export const newToken = openObject({
  id: text,
  principal: text,
  title: text,
  createdAt: text,
  expiresAt: text,
  token: text,
});
export type NewToken = Decoded<typeof newToken>;

const act = openObject({ seq: integer(), time: text, principal: text, assurance: text });

export const waiverView = openObject({
  waiver: text,
  state: text,
  repository: text,
  digest: text,
  contract: text,
  check: text,
  stage: optional(text),
  rule: optional(text),
  expires: text,
  breakGlass: boolean(),
  approveBefore: optional(text),
  reason: optional(text),
  requested: act,
  approved: optional(act),
  revoked: optional(act),
});
export type WaiverView = Decoded<typeof waiverView>;

export const releaseView = openObject({
  digest: text,
  repository: text,
  environment: text,
  verdict: integer(),
  state: text,
  released: act,
});
export type ReleaseView = Decoded<typeof releaseView>;

export const retirementView = openObject({ digest: text, repository: text, environment: optional(text), retired: act });

const stageSummary = openObject({ attestations: integer(), predicateTypes: texts, signers: texts, assurances: texts });

const changes = openObject({
  stages: openObject({
    added: texts,
    removed: texts,
    changed: array(openObject({ stage: text, before: stageSummary, after: stageSummary }), { max: 10_000 }),
  }),
  signers: openObject({ added: texts, removed: texts }),
  contracts: array(openObject({ contract: text, before: optional(integer()), after: optional(integer()) }), {
    max: 10_000,
  }),
});

export const changesView = openObject({
  digest: text,
  repository: text,
  environment: text,
  previous: optional(openObject({ digest: text, seq: integer(), time: text })),
  changes: optional(changes),
  comparison: optional(comparison),
});
export type ChangesView = Decoded<typeof changesView>;

/** The part that every write shares, for answers whose rest is a view. */
export const recordedAnswer = openObject(recorded);
export type Recorded = Decoded<typeof recordedAnswer>;

/** A waiver without which a gate would say no. */
const exempting = openObject({
  waiver: text,
  contract: text,
  check: text,
  stage: optional(text),
  rule: optional(text),
  expires: text,
  breakGlass: boolean(),
  requested: openObject({ principal: text }),
  approved: optional(openObject({ principal: text })),
});
export type ExemptingWaiver = Decoded<typeof exempting>;

export const gateAnswer = openObject({
  verdict: text,
  waivers: optional(array(exempting, { max: 10_000 })),
  reasons: optional(array(openObject({ code: text, reason: optional(text), text: optional(text) }), { max: 100_000 })),
  checkpoint: optional(openObject({ size: integer() })),
  validUntil: optional(text),
});
export type GateAnswer = Decoded<typeof gateAnswer>;

/** Base64 of the largest payload. */
const PAYLOAD_CHARACTERS_MAX = 45_000_000;

export const entryAnswer = openObject({ entry: json(), payload: optional(string({ max: PAYLOAD_CHARACTERS_MAX })) });

export const consistencyAnswer = openObject({ path: array(text, { max: 128 }) });

/** One page of a list, at most 200 long, and the cursor of the next. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

export function pageOf<T>(item: Reader<T>): Reader<Page<T>> {
  return openObject({ items: array(item, { max: 10_000 }), next: optional(text) });
}
