import type {
  CodeCoverage,
  Component,
  Findings,
  ImageReference,
  ImageSize,
  Severity,
  Source,
  Tests,
  VexStatus,
} from './facts.ts';
import type { PurlPattern } from './purl.ts';

/** A vulnerability as one document lists it. `component` is a key of {@link componentKey}. */
export type FoundVulnerability = {
  readonly id: string;
  /** Other names of it; `id` is not among them. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly component?: string;
  /** Qualifiers of the component's package URL, as stated. */
  readonly qualifiers: readonly string[];
  readonly fixed?: string;
  /** What the document itself says of its status. */
  readonly status?: VexStatus;
  /** The scanner found it and set it aside. */
  readonly ignored: boolean;
  /** Place of the document among those that are combined. */
  readonly order: number;
};

/** What a VEX statement is about: packages, or an image, whole or only some packages in it. */
export type VexProduct =
  | { readonly kind: 'package'; readonly package: PurlPattern }
  | { readonly kind: 'image'; readonly digest: string; readonly packages?: readonly PurlPattern[] }
  /** The image that the attestation is about. */
  | { readonly kind: 'subject' };

/** One statement of a VEX document. `ids` are all names of the vulnerability. */
export type VexStatement = {
  readonly ids: readonly string[];
  readonly status: VexStatus;
  readonly products: readonly VexProduct[];
  readonly order: number;
  /** Place among the statements of its document. */
  readonly index: number;
};

/** Reviews of one change of the source, as one document lists them; each list is distinct. */
export type ChangeReviews = {
  readonly commit: string;
  readonly authors: readonly string[];
  readonly approvers: readonly string[];
  readonly objectors: readonly string[];
};

/** What one document states, before statements of others are applied to it. Absent: nothing of the kind. */
export type Stated = {
  readonly components?: ReadonlyMap<string, Component>;
  readonly vulnerabilities?: readonly FoundVulnerability[];
  readonly vex?: readonly VexStatement[];
  readonly findings?: Findings;
  readonly tests?: Tests;
  readonly coverage?: CodeCoverage;
  readonly builders?: readonly string[];
  readonly sources?: readonly Source[];
  readonly inputImages?: readonly ImageReference[];
  readonly baseImage?: ImageReference;
  readonly image?: ImageSize;
  readonly reviews?: readonly ChangeReviews[];
};
