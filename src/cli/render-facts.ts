import type { ComponentsChange, FactsComparison } from '../core/facts/compare-facts.ts';
import {
  type Facts,
  type ImageReference,
  LEVELS,
  type Ratio,
  SEVERITIES,
  type Vulnerability,
} from '../core/facts/facts.ts';
import { type Field, fields, plain, table } from './layout-text.ts';

/** Vulnerabilities and names that are shown; `--json` has all. */
const SHOWN_MAX = 20;

/** Facts as people read them: a line for each kind, then the gravest vulnerabilities. */
export function renderFacts(facts: Facts): string {
  if (Object.keys(facts).length === 0) return 'No facts are stated.';
  const open = facts.vulnerabilities?.list.filter(({ suppressed }) => !suppressed) ?? [];
  return [fields(factsFields(facts)), ...(open.length === 0 ? [] : ['', vulnerabilityTable(open)])].join('\n');
}

function factsFields(facts: Facts): readonly Field[] {
  const { components, licences, coverage, image, approvals } = facts;
  return [
    ['components', components === undefined ? undefined : String(components.count)],
    ['licences', licences === undefined ? undefined : licenceWords(licences.count, licences.unstated)],
    ['vulnerabilities', vulnerabilityWords(facts)],
    ['VEX', vexWords(facts)],
    ['findings', findingWords(facts)],
    ['tests', testWords(facts)],
    ['lines covered', ratioWords(coverage?.lines)],
    ['branches covered', ratioWords(coverage?.branches)],
    ['builder', facts.builders?.slice(0, SHOWN_MAX).map(plain).join(', ')],
    ['source', facts.sources?.slice(0, SHOWN_MAX).map(sourceWords).join(', ')],
    ['built from images', facts.inputImages?.slice(0, SHOWN_MAX).map(imageWords).join(', ')],
    ['base image', facts.baseImage === undefined ? undefined : imageWords(facts.baseImage)],
    ['image', image === undefined ? undefined : sizeWords(image)],
    ['approved by', approvals === undefined ? undefined : approvals.approvers.join(', ') || 'nobody'],
    ['objected to by', approvals?.objectors.join(', ') || undefined],
  ];
}

function licenceWords(count: number, unstated: number): string {
  if (unstated === 0) return String(count);
  return `${count}; ${unstated} ${unstated === 1 ? 'component names' : 'components name'} none`;
}

function vulnerabilityWords({ vulnerabilities: found }: Facts): string | undefined {
  if (found === undefined) return undefined;
  const counts = SEVERITIES.filter((severity) => found[severity] > 0).map(
    (severity) => `${found[severity]} ${severity}`,
  );
  const rest = `${found.fixable} with a fix, ${found.suppressed} suppressed`;
  return `${found.total}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}; ${rest}`;
}

function vexWords({ vex }: Facts): string | undefined {
  if (vex === undefined) return undefined;
  const { statements, affected, fixed, notAffected, underInvestigation } = vex;
  const parts = [`${notAffected} not affected`, `${fixed} fixed`, `${affected} affected`];
  return `${statements} statements: ${[...parts, `${underInvestigation} under investigation`].join(', ')}`;
}

function findingWords({ findings }: Facts): string | undefined {
  if (findings === undefined) return undefined;
  const counts = LEVELS.filter((level) => findings[level] > 0).map((level) => `${findings[level]} ${level}`);
  return `${findings.total}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}; ${findings.suppressed} suppressed`;
}

function testWords({ tests }: Facts): string | undefined {
  if (tests === undefined) return undefined;
  return `${tests.total}: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`;
}

function ratioWords(ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  const percent = `${Math.floor(ratio.basisPoints / 100)}.${String(ratio.basisPoints % 100).padStart(2, '0')} %`;
  return ratio.total === undefined ? percent : `${percent} (${ratio.covered} of ${ratio.total})`;
}

function sourceWords({ repository, commit }: NonNullable<Facts['sources']>[number]): string {
  return [repository === undefined ? '' : plain(repository), commit ?? ''].filter((part) => part !== '').join(' at ');
}

function imageWords({ name, digest }: ImageReference): string {
  return [name === undefined ? '' : plain(name), digest ?? ''].filter((part) => part !== '').join('@');
}

function sizeWords(image: NonNullable<Facts['image']>): string {
  return image.shape === 'index' ? `index of ${image.children} images` : `${image.layers} layers, ${image.bytes} bytes`;
}

function vulnerabilityTable(open: readonly Vulnerability[]): string {
  const gravest = [...open].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const rows = gravest.slice(0, SHOWN_MAX).map(({ id, severity, component, fixed, status }) => {
    const about = [plain(component ?? '–'), fixed === undefined ? '–' : plain(fixed)];
    return [severity, plain(id), ...about, status ?? ''];
  });
  const more = open.length - rows.length;
  const shown = table(['severity', 'vulnerability', 'component', 'fixed in', 'VEX'], rows);
  return more === 0 ? shown : `${shown}\n… and ${more} more: --json`;
}

/** What changed, as people read it. */
export function renderComparison(comparison: FactsComparison): string {
  const { components, licences, vulnerabilities, findings, tests, coverage, image } = comparison;
  const change = (of: { readonly before: number; readonly after: number } | undefined) =>
    of === undefined ? undefined : `${of.before} before, ${of.after} now`;
  const lines = fields([
    ['components', components === undefined ? undefined : `${change(components)}; ${componentWords(components)}`],
    ['licences', licences === undefined ? undefined : `${change(licences)}${namesOf('new', licences.added)}`],
    [
      'vulnerabilities',
      vulnerabilities === undefined
        ? undefined
        : `${change(vulnerabilities)}; ${vulnerabilities.new.total} new, ${vulnerabilities.gone.total} gone`,
    ],
    ['findings', change(findings?.total)],
    ['tests', change(tests?.total)],
    ['failed tests', change(tests?.failed)],
    ['line coverage', coverage?.lines === undefined ? undefined : `${change(coverage.lines)} of 10000`],
    ['layers', change(image?.layers)],
    ['bytes', change(image?.bytes)],
  ]);
  if (lines === '') return 'Nothing is stated of both.';
  const fresh = vulnerabilities?.new.list ?? [];
  return fresh.length === 0 ? lines : `${lines}\n\n${vulnerabilityTable(fresh)}`;
}

function componentWords({ added, removed, changed, ...counts }: ComponentsChange): string {
  const totals = `${counts.addedCount} added, ${counts.removedCount} removed, ${counts.changedCount} changed`;
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  return (
    totals + namesOf('added', names(added)) + namesOf('removed', names(removed)) + namesOf('changed', names(changed))
  );
}

function namesOf(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, SHOWN_MAX).map(plain).join(', ');
  return `; ${what}: ${shown}${names.length > SHOWN_MAX ? ', …' : ''}`;
}
