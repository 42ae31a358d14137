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
});

export const chainStep = openObject({
  entry: openObject({
    seq: integer(),
    time: text,
    kind: text,
    principal: text,
    repository: optional(text),
    stage: optional(text),
    signer: optional(text),
    assurance: optional(text),
    predicateType: optional(text),
  }),
  hash: text,
  via: optional(text),
});
export type ChainStep = Decoded<typeof chainStep>;

export const signerView = openObject({
  signer: text,
  use: text,
  algorithm: text,
  publicKeyPem: text,
  repositories: texts,
  stages: texts,
  title: optional(text),
  registeredAt: text,
  revokedFrom: optional(text),
});
export type SignerView = Decoded<typeof signerView>;

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

/** The part that every write shares, for answers whose rest is a view. */
export const recordedAnswer = openObject(recorded);
export type Recorded = Decoded<typeof recordedAnswer>;

export const gateAnswer = openObject({
  verdict: text,
  reasons: optional(array(openObject({ code: text, reason: optional(text), text: optional(text) }), { max: 100_000 })),
});

export const consistencyAnswer = openObject({ path: array(text, { max: 128 }) });

/** One page of a list, at most 200 long, and the cursor of the next. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

export function pageOf<T>(item: Reader<T>): Reader<Page<T>> {
  return openObject({ items: array(item, { max: 10_000 }), next: optional(text) });
}
