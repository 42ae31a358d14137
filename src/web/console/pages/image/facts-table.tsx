import { type Facts, SEVERITIES } from '../../../../core/facts/facts.ts';
import { bytesInWords } from '../../ui/bytes-in-words.ts';
import { Empty } from '../../ui/states.tsx';
import type { Judged } from '../../verify/judged.ts';

/** What the sound attestations of the image state. What none states is left out, and never zero. */
export function FactsTable({ judged: { facts, factsFault } }: { readonly judged: Judged }) {
  const rows = factRows(facts);
  if (rows.length === 0)
    return (
      <Empty title="No attestation states a fact.">
        {factsFault ?? 'A bill of materials, a scan or a test report would.'}
      </Empty>
    );
  return (
    <dl class="facts tight">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Row = readonly [name: string, value: string];

function factRows(facts: Facts): readonly Row[] {
  const { components, licences, findings, tests, coverage, image, approvals, baseImage } = facts;
  return [
    ['Vulnerabilities', vulnerabilityWords(facts)] as const,
    [
      'Tests',
      tests && `${tests.total}: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`,
    ] as const,
    [
      'Findings',
      findings && `${findings.total}: ${findings.error} errors, ${findings.warning} warnings, ${findings.note} notes`,
    ] as const,
    ['Components', components?.count.toLocaleString('en')] as const,
    [
      'Licences',
      licences && `${licences.count}${licences.unstated === 0 ? '' : `, ${licences.unstated} components name none`}`,
    ] as const,
    ['Lines covered', coverage?.lines && `${(coverage.lines.basisPoints / 100).toFixed(2)} %`] as const,
    ['Approved by', approvals && (approvals.approvers.join(', ') || 'nobody')] as const,
    [
      'Source',
      facts.sources
        ?.map(({ repository, commit }) => [repository, commit?.slice(0, 12)].filter(Boolean).join(' at '))
        .join(', '),
    ] as const,
    ['Base image', baseImage && [baseImage.name, baseImage.digest?.slice(0, 19)].filter(Boolean).join(' ')] as const,
    ['Size', image && sizeWords(image)] as const,
  ].flatMap(([name, value]): Row[] => (value === undefined || value === '' ? [] : [[name, value]]));
}

function vulnerabilityWords({ vulnerabilities: found }: Facts): string | undefined {
  if (found === undefined) return undefined;
  const grave = SEVERITIES.filter((severity) => found[severity] > 0).map(
    (severity) => `${found[severity]} ${severity}`,
  );
  return `${found.total}${grave.length === 0 ? '' : `: ${grave.join(', ')}`}; ${found.fixable} with a fix, ${found.suppressed} set aside`;
}

function sizeWords(image: NonNullable<Facts['image']>): string {
  if (image.shape === 'index') return `${image.children} platforms`;
  return `${bytesInWords(image.bytes)} in ${image.layers} ${image.layers === 1 ? 'layer' : 'layers'}`;
}
