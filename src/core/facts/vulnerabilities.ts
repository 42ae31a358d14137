import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import type { SettledVulnerability } from './apply-vex.ts';
import { compareText } from './compare-text.ts';
import { type BySeverity, type Severity, VEX_STATUSES, type Vulnerabilities, type Vulnerability } from './facts.ts';
import { graver } from './severity.ts';

/**
 * One vulnerability for each id and component, sorted by both. Where several stand for one, those that are suppressed
 * count only if all are; of the rest the gravest severity, the gravest status and the least text of `fixed` are kept.
 */
export function vulnerabilitiesOf(settled: readonly SettledVulnerability[]): Vulnerabilities {
  const groups = Map.groupBy(settled, ({ id, component }) => formatCanonicalJson([id, component ?? null]));
  const list = [...groups.values()]
    .flatMap((group) => vulnerabilityOf(group) ?? [])
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.component ?? '', b.component ?? ''));
  const counted = list.filter(({ suppressed }) => !suppressed);
  return {
    total: counted.length,
    ...bySeverity(counted),
    fixable: counted.filter(({ fixed }) => fixed !== undefined).length,
    suppressed: list.length - counted.length,
    list,
  };
}

/** How many there are of each severity. */
export function bySeverity(vulnerabilities: readonly Pick<Vulnerability, 'severity'>[]): BySeverity {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const { severity } of vulnerabilities) counts[severity] += 1;
  return counts;
}

function vulnerabilityOf(group: readonly SettledVulnerability[]): Vulnerability | undefined {
  const open = group.filter(({ suppressed }) => !suppressed);
  const kept = open.length === 0 ? group : open;
  const [first] = kept;
  if (first === undefined) return undefined;
  const severity = kept.reduce<Severity>((gravest, each) => graver(gravest, each.severity), 'unknown');
  const status = VEX_STATUSES.find((each) => kept.some((one) => one.status === each));
  const fixed = kept.flatMap((each) => each.fixed ?? []).sort()[0];
  return {
    id: first.id,
    severity,
    ...(first.component === undefined ? {} : { component: first.component }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(status === undefined ? {} : { status }),
    suppressed: open.length === 0,
  };
}
