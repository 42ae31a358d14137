import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { Json } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { FACTS_COMPONENTS_MAX, FACTS_LIST_MAX, FACTS_STEPS_MAX, FACTS_VULNERABILITIES_MAX } from '../limits.ts';
import { applyVex, type VexContext } from './apply-vex.ts';
import { approvalsOf } from './approvals.ts';
import { compareText } from './compare-text.ts';
import type { Component, Facts, Licences, Vex } from './facts.ts';
import type { Stated, VexStatement } from './stated.ts';
import { vulnerabilitiesOf } from './vulnerabilities.ts';

/**
 * Facts out of what documents about one image state: VEX applied, lists sorted and without repetition.
 * Faults: `facts/too-many-elements`, `facts/too-much-work`.
 */
export function settle(stated: Stated, context: VexContext): Result<Facts> {
  const { components, vulnerabilities, vex, reviews, findings, tests, coverage, baseImage, image } = stated;
  const { builders, sources, inputImages } = stated;
  if ((components?.size ?? 0) > FACTS_COMPONENTS_MAX) return tooMany('components', FACTS_COMPONENTS_MAX);
  if ((vulnerabilities?.length ?? 0) > FACTS_VULNERABILITIES_MAX) {
    return tooMany('vulnerabilities', FACTS_VULNERABILITIES_MAX);
  }
  const list = components === undefined ? undefined : sortedComponents(components);
  const licences = list === undefined ? undefined : licencesOf(list);
  if ((licences?.count ?? 0) > FACTS_LIST_MAX) return tooMany('licences', FACTS_LIST_MAX);
  const settled = vulnerabilities === undefined ? undefined : applyVex(vulnerabilities, context, FACTS_STEPS_MAX);
  if (settled?.ok === false) return settled;
  return ok({
    ...(list === undefined ? {} : { components: { count: list.length, list } }),
    ...(licences === undefined ? {} : { licences }),
    ...(settled === undefined ? {} : { vulnerabilities: vulnerabilitiesOf(settled.value) }),
    ...(vex === undefined ? {} : { vex: countVex(vex) }),
    ...(findings === undefined ? {} : { findings }),
    ...(tests === undefined ? {} : { tests }),
    ...(coverage === undefined ? {} : { coverage }),
    ...(builders === undefined ? {} : { builders: distinct(builders) }),
    ...(sources === undefined ? {} : { sources: distinct(sources) }),
    ...(inputImages === undefined ? {} : { inputImages: distinct(inputImages) }),
    ...(baseImage === undefined ? {} : { baseImage }),
    ...(image === undefined ? {} : { image }),
    ...(reviews === undefined ? {} : { approvals: approvalsOf(reviews) }),
  });
}

function sortedComponents(components: ReadonlyMap<string, Component>): readonly Component[] {
  return [...components].sort(([a], [b]) => compareText(a, b)).map(([, component]) => component);
}

function licencesOf(components: readonly Component[]): Licences {
  const counts = new Map<string, number>();
  let unstated = 0;
  for (const { licences } of components) {
    if (licences === undefined) unstated += 1;
    for (const licence of licences ?? []) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  const list = [...counts].sort(([a], [b]) => compareText(a, b));
  return {
    count: list.length,
    unstated,
    list: list.map(([licence, of]) => ({ licence, components: of })),
  };
}

function countVex(statements: readonly VexStatement[]): Vex {
  const of = (status: VexStatement['status']) => statements.filter((statement) => statement.status === status).length;
  return {
    statements: statements.length,
    affected: of('affected'),
    fixed: of('fixed'),
    notAffected: of('not_affected'),
    underInvestigation: of('under_investigation'),
  };
}

/** Each value once, in the order of their canonical texts. */
function distinct<T extends Json>(values: readonly T[]): readonly T[] {
  const byText = new Map(values.map((value) => [formatCanonicalJson(value), value]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value);
}

function tooMany(what: string, max: number): Result<never> {
  return fail('facts/too-many-elements', `There are more than ${max} ${what}.`);
}
