import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import type { Fault, FaultCode } from '../fault.ts';
import {
  FACTS_COMPONENTS_MAX,
  FACTS_LICENCES_OF_COMPONENT_MAX,
  FACTS_LIST_MAX,
  FACTS_STEPS_MAX,
  FACTS_TEXT_CHARACTERS_MAX,
  FACTS_VEX_PRODUCTS_MAX,
  FACTS_VULNERABILITIES_MAX,
} from '../limits.ts';
import type { Component, ImageReference, Level, Source } from './facts.ts';
import { componentKey, type PurlPattern } from './purl.ts';
import type { ChangeReviews, FoundVulnerability, Stated, VexStatement } from './stated.ts';

/** Bounds that a test makes small; everybody else leaves them out. */
export type CollectorLimits = {
  readonly stepsMax?: number;
  readonly componentsMax?: number;
  readonly vulnerabilitiesMax?: number;
  readonly vexProductsMax?: number;
  readonly listMax?: number;
};

type Mutable = { -readonly [K in keyof Stated]: Stated[K] };
type Counts = { -readonly [L in Level]: number } & { total: number; suppressed: number };

/**
 * Gathers what one document states, and keeps its bounds. A class because counts and the first fault live as long as
 * the reading. After the first fault every method returns at once and what was gathered is meaningless: whoever reads in
 * a loop asks `step` before each element, and whoever began looks at `fault` before anything else.
 */
export class Collector {
  fault: Fault | undefined = undefined;
  /** Place of the document among those that are combined. */
  readonly order: number;
  readonly #limits: Required<CollectorLimits>;
  readonly #stated: Mutable = {};
  #components: Map<string, Component> | undefined;
  #vulnerabilities: FoundVulnerability[] | undefined;
  #vex: VexStatement[] | undefined;
  #findings: Counts | undefined;
  #lists = { builders: new Set<string>(), sources: [] as Source[], inputImages: [] as ImageReference[] };
  #reviews: ChangeReviews[] = [];
  #steps = 0;
  #products = 0;

  constructor(order = 0, limits: CollectorLimits = {}) {
    this.order = order;
    this.#limits = {
      stepsMax: FACTS_STEPS_MAX,
      componentsMax: FACTS_COMPONENTS_MAX,
      vulnerabilitiesMax: FACTS_VULNERABILITIES_MAX,
      vexProductsMax: FACTS_VEX_PRODUCTS_MAX,
      listMax: FACTS_LIST_MAX,
      ...limits,
    };
  }

  /** Elements that were looked at so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Keeps the first fault: what is found after it is a consequence. */
  refuse(code: FaultCode, message: string, at?: string): void {
    this.fault ??= { code, message, ...(at === undefined ? {} : { at }) };
  }

  /** Counts one element that is looked at; false where reading ends. */
  step(): boolean {
    this.#steps += 1;
    if (this.#steps > this.#limits.stepsMax) {
      this.refuse('facts/too-much-work', `More than ${this.#limits.stepsMax} elements would have to be looked at.`);
    }
    return this.fault === undefined;
  }

  /** A text of the document: not empty, and short enough. Null and an empty text read as absent. */
  text(value: Json | undefined, at: string): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') {
      this.refuse('facts/malformed-document', 'Expected a text.', at);
      return undefined;
    }
    if (value.length <= FACTS_TEXT_CHARACTERS_MAX) return value;
    this.refuse('facts/text-too-long', `A text has over ${FACTS_TEXT_CHARACTERS_MAX} characters.`, at);
    return undefined;
  }

  /** The same where the format demands it: its absence is a fault. */
  requiredText(value: Json | undefined, at: string): string {
    const text = this.text(value, at);
    if (text === undefined) this.refuse('facts/malformed-document', 'A required text is missing or empty.', at);
    return text ?? '';
  }

  /** The elements of an array; null and absence read as none. */
  array(value: Json | undefined, at: string): readonly Json[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value as readonly Json[];
    this.refuse('facts/malformed-document', 'Expected an array.', at);
    return [];
  }

  /** The elements of an array without which the document states nothing of its kind: `facts/not-stated`. */
  requiredArray(value: Json | undefined, at: string): readonly Json[] {
    if (value === undefined || value === null) this.refuse('facts/not-stated', 'The list is not there.', at);
    return this.array(value, at);
  }

  /** An object; null and absence read as one without members. */
  object(value: Json | undefined, at: string): JsonObject {
    if (value === undefined || value === null) return {};
    if (isJsonObject(value)) return value;
    this.refuse('facts/malformed-document', 'Expected an object.', at);
    return {};
  }

  /** Says that the document lists components, also where it lists none. */
  statesComponents(): void {
    this.#components ??= new Map();
  }

  /** The component's key. One that is there already keeps its name and gains licences. */
  addComponent(
    component: { readonly name: string; readonly version: string | undefined; readonly licences: readonly string[] },
    purl: PurlPattern | undefined,
  ): string {
    const { name, licences } = component;
    const version = component.version ?? purl?.version;
    const key = componentKey(name, version, purl);
    this.#components ??= new Map();
    const known = this.#components.get(key);
    if (known === undefined && this.#components.size >= this.#limits.componentsMax) {
      this.#tooMany('components', this.#limits.componentsMax);
      return key;
    }
    const named = [...new Set([...(known?.licences ?? []), ...licences])].sort();
    if (named.length > FACTS_LICENCES_OF_COMPONENT_MAX)
      this.#tooMany('licences of a component', FACTS_LICENCES_OF_COMPONENT_MAX);
    this.#components.set(key, {
      name: known?.name ?? name,
      ...(version === undefined ? {} : { version }),
      ...(purl === undefined ? {} : { purl: key }),
      ...(named.length === 0 ? {} : { licences: named }),
    });
    return key;
  }

  /** Says that the document tells which vulnerabilities there are, also where there are none. */
  statesVulnerabilities(): void {
    this.#vulnerabilities ??= [];
  }

  addVulnerability(found: Omit<FoundVulnerability, 'order'>): void {
    this.#vulnerabilities ??= [];
    if (this.#vulnerabilities.length >= this.#limits.vulnerabilitiesMax) {
      this.#tooMany('vulnerabilities', this.#limits.vulnerabilitiesMax);
      return;
    }
    this.#vulnerabilities.push({ ...found, order: this.order });
  }

  /** Says that the document is one of VEX statements. */
  statesVex(): void {
    this.#vex ??= [];
  }

  addVex(statement: Omit<VexStatement, 'order' | 'index'>): void {
    this.#vex ??= [];
    this.#products += Math.max(1, statement.products.length);
    if (this.#products > this.#limits.vexProductsMax) this.#tooMany('products of VEX', this.#limits.vexProductsMax);
    else this.#vex.push({ ...statement, order: this.order, index: this.#vex.length });
  }

  /** Says that the document lists findings, also where it lists none. */
  statesFindings(): void {
    this.#findings ??= { total: 0, error: 0, warning: 0, note: 0, none: 0, suppressed: 0 };
  }

  addFinding(level: Level | 'suppressed'): void {
    this.statesFindings();
    const counts = this.#findings;
    if (counts === undefined) return;
    counts[level] += 1;
    if (level !== 'suppressed') counts.total += 1;
  }

  set(facts: Pick<Stated, 'tests' | 'coverage' | 'baseImage' | 'image'>): void {
    Object.assign(this.#stated, facts);
  }

  addBuilder(id: string): void {
    if (this.#hasRoom('builders', this.#lists.builders.size)) this.#lists.builders.add(id);
  }

  addSource(source: Source): void {
    if (this.#hasRoom('sources', this.#lists.sources.length)) this.#lists.sources.push(source);
  }

  addInputImage(image: ImageReference): void {
    if (this.#hasRoom('images', this.#lists.inputImages.length)) this.#lists.inputImages.push(image);
  }

  addReviews(reviews: ChangeReviews): void {
    if (this.#hasRoom('reviews', this.#reviews.length)) this.#reviews.push(reviews);
  }

  /** What the document states. Only where there is no fault. */
  stated(): Stated {
    const { builders, sources, inputImages } = this.#lists;
    return {
      ...this.#stated,
      ...(this.#components === undefined ? {} : { components: this.#components }),
      ...(this.#vulnerabilities === undefined ? {} : { vulnerabilities: this.#vulnerabilities }),
      ...(this.#vex === undefined ? {} : { vex: this.#vex }),
      ...(this.#findings === undefined ? {} : { findings: this.#findings }),
      ...(builders.size === 0 ? {} : { builders: [...builders] }),
      ...(sources.length === 0 ? {} : { sources }),
      ...(inputImages.length === 0 ? {} : { inputImages }),
      ...(this.#reviews.length === 0 ? {} : { reviews: this.#reviews }),
    };
  }

  #hasRoom(what: string, length: number): boolean {
    if (length >= this.#limits.listMax) this.#tooMany(what, this.#limits.listMax);
    return this.fault === undefined;
  }

  #tooMany(what: string, max: number): void {
    this.refuse('facts/too-many-elements', `There are more than ${max} ${what}.`);
  }
}
