import type { Collector } from './collector.ts';
import type { CodeCoverage, Ratio } from './facts.ts';
import { ratioOf } from './merge-stated.ts';
import { basisPointsOf, integerOf } from './number-text.ts';
import { type XmlEvent, XmlReader } from './xml-reader.ts';

type Opened = Extract<XmlEvent, { kind: 'open' }>;

/**
 * Coverage of lines and branches of a Cobertura report: the totals of its root element, as numbers where it has them and
 * else as rates. Nothing to cover is no coverage. Source: docs/spec/facts.md §5.14.
 */
export function readCobertura(text: string, into: Collector): void {
  readReport(text, 'coverage', into, ({ attributes }, depth) => {
    if (depth !== 1) return;
    const lines = coberturaRatio(attributes, 'lines', 'line-rate', into);
    const branches = coberturaRatio(attributes, 'branches', 'branch-rate', into);
    into.set({ coverage: coverageOf(lines, branches) });
    if (lines === undefined && branches === undefined)
      into.refuse('facts/not-stated', 'The report states no coverage.');
  });
}

/** Coverage of a JaCoCo XML report: the counters of the report itself, of lines and of branches. */
export function readJacoco(text: string, into: Collector): void {
  const ratios = new Map<string, Ratio | undefined>();
  readReport(text, 'report', into, ({ name, attributes }, depth) => {
    const type = attributes.get('type') ?? '';
    if (depth !== 2 || name !== 'counter' || (type !== 'LINE' && type !== 'BRANCH')) return;
    if (ratios.has(type)) into.refuse('facts/contradictory-document', `The report has two counters of ${type}.`);
    const missed = integerOf(attributes.get('missed') ?? '');
    const covered = integerOf(attributes.get('covered') ?? '');
    if (missed === undefined || covered === undefined)
      into.refuse('facts/malformed-document', 'A counter counts nothing.');
    else ratios.set(type, ratioOf(covered, covered + missed));
  });
  const [lines, branches] = [ratios.get('LINE'), ratios.get('BRANCH')];
  if (lines === undefined && branches === undefined) into.refuse('facts/not-stated', 'The report states no coverage.');
  into.set({ coverage: coverageOf(lines, branches) });
}

/** Reads to the end, so that what is cut off is noticed. */
function readReport(text: string, root: string, into: Collector, opened: (event: Opened, depth: number) => void): void {
  const reader = new XmlReader(text, { allowsDoctype: true });
  for (let event = reader.next(); event !== undefined && into.step(); event = reader.next()) {
    if (event.kind !== 'open') continue;
    if (reader.depth === 1 && event.name !== root) {
      into.refuse('facts/malformed-document', `The root element is not ${root}.`);
    } else opened(event, reader.depth);
  }
  if (reader.fault !== undefined) into.refuse(reader.fault.code, reader.fault.message, reader.fault.at);
}

function coverageOf(lines: Ratio | undefined, branches: Ratio | undefined): CodeCoverage {
  return { ...(lines === undefined ? {} : { lines }), ...(branches === undefined ? {} : { branches }) };
}

function coberturaRatio(
  attributes: ReadonlyMap<string, string>,
  what: string,
  rateName: string,
  into: Collector,
): Ratio | undefined {
  const [covered, valid] = [attributes.get(`${what}-covered`), attributes.get(`${what}-valid`)];
  if (covered !== undefined && valid !== undefined) {
    const [part, whole] = [integerOf(covered), integerOf(valid)];
    if (part === undefined || whole === undefined) into.refuse('facts/malformed-document', `${what} are no numbers.`);
    else if (part > whole) into.refuse('facts/contradictory-document', `More ${what} are covered than there are.`);
    else return ratioOf(part, whole);
    return undefined;
  }
  const rate = attributes.get(rateName);
  if (rate === undefined) return undefined;
  const basisPoints = basisPointsOf(rate);
  if (basisPoints === undefined) into.refuse('facts/malformed-document', `${rateName} is no ratio.`);
  return basisPoints === undefined ? undefined : { basisPoints };
}
