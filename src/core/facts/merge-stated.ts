import type { CodeCoverage, Component, Findings, Ratio, Tests } from './facts.ts';
import type { Stated } from './stated.ts';

/**
 * What several documents state together: lists one after the other, components by what tells them apart, tests and
 * findings added, coverage of all code that was counted. Source: docs/spec/facts.md §8.
 */
export function mergeStated(documents: readonly Stated[]): Stated {
  const components = listed(documents, 'components');
  const findings = listed(documents, 'findings');
  const tests = listed(documents, 'tests');
  const coverage = listed(documents, 'coverage');
  const vulnerabilities = listed(documents, 'vulnerabilities');
  const vex = listed(documents, 'vex');
  const builders = listed(documents, 'builders');
  const sources = listed(documents, 'sources');
  const inputImages = listed(documents, 'inputImages');
  const reviews = listed(documents, 'reviews');
  return {
    ...(components.length === 0 ? {} : { components: mergeComponents(components) }),
    ...(vulnerabilities.length === 0 ? {} : { vulnerabilities: vulnerabilities.flat() }),
    ...(vex.length === 0 ? {} : { vex: vex.flat() }),
    ...(findings.length === 0 ? {} : { findings: findings.reduce(addFindings) }),
    ...(tests.length === 0 ? {} : { tests: tests.reduce(addTests) }),
    ...(coverage.length === 0 ? {} : { coverage: mergeCoverage(coverage) }),
    ...(builders.length === 0 ? {} : { builders: builders.flat() }),
    ...(sources.length === 0 ? {} : { sources: sources.flat() }),
    ...(inputImages.length === 0 ? {} : { inputImages: inputImages.flat() }),
    ...(reviews.length === 0 ? {} : { reviews: reviews.flat() }),
  };
}

/** What each document states of one kind, where it does. */
function listed<K extends keyof Stated>(documents: readonly Stated[], kind: K): readonly NonNullable<Stated[K]>[] {
  return documents.flatMap((stated) => {
    const value = stated[kind];
    return value === undefined ? [] : [value];
  });
}

function mergeComponents(maps: readonly ReadonlyMap<string, Component>[]): ReadonlyMap<string, Component> {
  const [only, ...others] = maps;
  if (only !== undefined && others.length === 0) return only;
  const merged = new Map<string, Component>();
  for (const components of maps) {
    for (const [key, component] of components) {
      const known = merged.get(key);
      const licences = [...new Set([...(known?.licences ?? []), ...(component.licences ?? [])])].sort();
      merged.set(key, { ...component, ...known, ...(licences.length === 0 ? {} : { licences }) });
    }
  }
  return merged;
}

function addFindings(a: Findings, b: Findings): Findings {
  return {
    total: a.total + b.total,
    error: a.error + b.error,
    warning: a.warning + b.warning,
    note: a.note + b.note,
    none: a.none + b.none,
    suppressed: a.suppressed + b.suppressed,
  };
}

function addTests(a: Tests, b: Tests): Tests {
  return {
    total: a.total + b.total,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

function mergeCoverage(coverages: readonly CodeCoverage[]): CodeCoverage {
  const lines = mergeRatios(coverages.flatMap((coverage) => coverage.lines ?? []));
  const branches = mergeRatios(coverages.flatMap((coverage) => coverage.branches ?? []));
  return { ...(lines === undefined ? {} : { lines }), ...(branches === undefined ? {} : { branches }) };
}

/** Of ratios whose numbers are known the ratio of their sums; otherwise the least of them. */
function mergeRatios(ratios: readonly Ratio[]): Ratio | undefined {
  const [first, ...others] = ratios;
  if (first === undefined || others.length === 0) return first;
  const sums = { covered: 0, total: 0 };
  for (const { covered, total } of ratios) {
    if (covered === undefined || total === undefined) {
      return { basisPoints: Math.min(...ratios.map(({ basisPoints }) => basisPoints)) };
    }
    sums.covered += covered;
    sums.total += total;
  }
  return ratioOf(sums.covered, sums.total);
}

/** `covered` of `total` in 1/10,000, rounded down. Undefined where nothing was counted. */
export function ratioOf(covered: number, total: number): Ratio | undefined {
  if (total === 0) return undefined;
  return { basisPoints: Number((BigInt(covered) * 10_000n) / BigInt(total)), covered, total };
}
