import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { Json } from '../encoding/json.ts';

/** How grave a vulnerability is, gravest first. `unknown`: nobody said, which is no reason to think little of it. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How grave a finding of an analysis is, gravest first: the levels of SARIF 2.1.0 §3.27.10. */
export const LEVELS = ['error', 'warning', 'note', 'none'] as const;
export type Level = (typeof LEVELS)[number];

/** What a VEX statement says of a vulnerability in a product: the statuses of OpenVEX, gravest first. */
export const VEX_STATUSES = ['affected', 'under_investigation', 'fixed', 'not_affected'] as const;
export type VexStatus = (typeof VEX_STATUSES)[number];

/** A part of an image. `purl` is a package URL without qualifiers and subpath. Source: docs/spec/facts.md §4.1. */
export type Component = {
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  /** Licences that its bill names, each once, sorted. Absent: it names none. */
  readonly licences?: readonly string[];
};

/** Number of distinct components, and each of them. */
export type Components = { readonly count: number; readonly list: readonly Component[] };

/** Licences of all components: `unstated` of these have none. */
export type Licences = {
  readonly count: number;
  readonly unstated: number;
  readonly list: readonly { readonly licence: string; readonly components: number }[];
};

/** One vulnerability in one component, which is `purl` or `name@version`; absent where the tool names none. */
export type Vulnerability = {
  readonly id: string;
  readonly severity: Severity;
  readonly component?: string;
  /** Version that repairs it, as the tool writes it. */
  readonly fixed?: string;
  /** Newest VEX status. `suppressed` where that is `not_affected` or `fixed`, or where the scanner itself set it aside. */
  readonly status?: VexStatus;
  readonly suppressed: boolean;
};

/** A number for each severity. */
export type BySeverity = { readonly [S in Severity]: number };

/** Vulnerabilities after VEX: `total`, the number of each severity and `fixable` leave the suppressed ones out. */
export type Vulnerabilities = BySeverity & {
  readonly total: number;
  readonly fixable: number;
  readonly suppressed: number;
  readonly list: readonly Vulnerability[];
};

/** Statements about vulnerabilities in products, by status. */
export type Vex = {
  readonly statements: number;
  readonly affected: number;
  readonly fixed: number;
  readonly notAffected: number;
  readonly underInvestigation: number;
};

/** Results of analyses by level; `total` and the levels leave the suppressed ones out. */
export type Findings = { readonly [L in Level]: number } & { readonly total: number; readonly suppressed: number };

/** Tests that were run. `failed` counts errors too. */
export type Tests = {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

/** A ratio in 1/10,000, rounded down; the two numbers that it is of, where they are stated. */
export type Ratio = { readonly basisPoints: number; readonly covered?: number; readonly total?: number };

/** How much of the code tests ran. */
export type CodeCoverage = { readonly lines?: Ratio; readonly branches?: Ratio };

/** Another image. At least one member is there. */
export type ImageReference = { readonly name?: string; readonly digest?: string };

/** Where something was built from. `commit` is 40 or 64 lower-case hex digits. */
export type Source = { readonly repository?: string; readonly commit?: string };

/** What the manifest of the image says. Bytes are those of config and layers as they are transported. */
export type ImageSize =
  | { readonly shape: 'image'; readonly layers: number; readonly bytes: number }
  | { readonly shape: 'index'; readonly children: number };

/** Who approved and who objected to one change of the source, by pseudonym; neither list holds an author of it. */
export type ApprovedChange = {
  readonly commit: string;
  readonly authors: readonly string[];
  readonly approvers: readonly string[];
  readonly objectors: readonly string[];
};

/** `count` is the number of approvers of the change that has fewest; the lists are those of all changes together. */
export type Approvals = {
  readonly count: number;
  readonly approvers: readonly string[];
  readonly objectors: readonly string[];
  readonly changes: readonly ApprovedChange[];
};

/**
 * What documents state about an image or a commit: integers and text, lists sorted and without repetition. A member is
 * absent where nothing states it, and never zero or empty in its stead: whoever asks for a number that was not stated
 * gets none. Source: docs/spec/facts.md §3.
 */
export type Facts = {
  readonly components?: Components;
  readonly licences?: Licences;
  readonly vulnerabilities?: Vulnerabilities;
  readonly vex?: Vex;
  readonly findings?: Findings;
  readonly tests?: Tests;
  readonly coverage?: CodeCoverage;
  /** Ids of builders, as provenance names them. */
  readonly builders?: readonly string[];
  readonly sources?: readonly Source[];
  /** Images that provenance lists among what the build consumed. */
  readonly inputImages?: readonly ImageReference[];
  /** The image that this one is built upon, as its manifest's annotations name it. */
  readonly baseImage?: ImageReference;
  readonly image?: ImageSize;
  readonly approvals?: Approvals;
};

/** Facts as JSON: they hold nothing else. */
export function factsJson(facts: Facts): Json {
  return facts as Json;
}

/** The one text of facts: equal facts are equal texts. RFC 8785. */
export function formatFacts(facts: Facts): string {
  return formatCanonicalJson(factsJson(facts));
}
