import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareFacts } from '../../src/core/facts/compare-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { statedBy } from './facts-under-test.ts';

const NONE = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };

const bom = (...purls: readonly string[]): Facts =>
  statedBy('cyclonedx', {
    specVersion: '1.6',
    components: purls.map((purl) => ({
      name: purl.replace(/^pkg:npm\/|@.*$/g, ''),
      purl,
      licenses: [{ license: { id: `L-${purl.at(-1)}` } }],
    })),
  });

const scan = (...found: readonly (readonly [id: string, severity: string, version: string])[]): Facts =>
  statedBy('trivy', {
    SchemaVersion: 2,
    Results: [
      {
        Class: 'lang-pkgs',
        Vulnerabilities: found.map(([id, severity, version]) => ({
          VulnerabilityID: id,
          Severity: severity,
          PkgName: 'lib',
          InstalledVersion: version,
        })),
      },
    ],
  });

describe('facts of two images', () => {
  test('differ in components that came, went or changed their version', () => {
    const before = bom('pkg:npm/a@1', 'pkg:npm/b@1', 'pkg:npm/c@1', 'pkg:npm/c@2');
    const after = bom('pkg:npm/a@1', 'pkg:npm/b@2', 'pkg:npm/c@1', 'pkg:npm/c@2', 'pkg:npm/d@1');
    const { components, licences } = compareFacts(before, after);
    assert.deepEqual(components, {
      before: 4,
      after: 5,
      addedCount: 1,
      removedCount: 0,
      changedCount: 1,
      added: [{ name: 'd', version: '1', purl: 'pkg:npm/d@1', licences: ['L-1'] }],
      removed: [],
      changed: [{ name: 'pkg:npm/b', before: ['1'], after: ['2'] }],
    });
    assert.deepEqual(licences, { before: 2, after: 2, added: [], removed: [] });
    assert.deepEqual(compareFacts(after, before).components?.removed.length, 1);
  });

  test('differ in vulnerabilities, but not where only the version of the component changed', () => {
    const before = scan(['CVE-1', 'HIGH', '1'], ['CVE-2', 'LOW', '1']);
    const after = scan(['CVE-1', 'HIGH', '2'], ['CVE-3', 'CRITICAL', '2']);
    const { vulnerabilities } = compareFacts(before, after);
    assert.deepEqual(vulnerabilities, {
      before: 2,
      after: 2,
      new: {
        ...NONE,
        total: 1,
        critical: 1,
        list: [{ id: 'CVE-3', severity: 'critical', component: 'lib@2', suppressed: false }],
      },
      gone: {
        ...NONE,
        total: 1,
        low: 1,
        list: [{ id: 'CVE-2', severity: 'low', component: 'lib@1', suppressed: false }],
      },
    });
  });

  test('show numbers of both, and nothing that only one of them states', () => {
    const before: Facts = {
      image: { shape: 'image', layers: 3, bytes: 1_000 },
      tests: { total: 2, passed: 2, failed: 0, skipped: 0 },
      coverage: { lines: { basisPoints: 8_000 }, branches: { basisPoints: 1 } },
      findings: { total: 0, error: 0, warning: 0, note: 0, none: 0, suppressed: 0 },
    };
    const after: Facts = {
      image: { shape: 'image', layers: 2, bytes: 900 },
      tests: { total: 3, passed: 2, failed: 1, skipped: 0 },
      coverage: { lines: { basisPoints: 7_000 } },
    };
    assert.deepEqual(compareFacts(before, after), {
      image: { layers: { before: 3, after: 2 }, bytes: { before: 1_000, after: 900 } },
      tests: {
        total: { before: 2, after: 3 },
        passed: { before: 2, after: 2 },
        failed: { before: 0, after: 1 },
        skipped: { before: 0, after: 0 },
      },
      coverage: { lines: { before: 8_000, after: 7_000 } },
    });
    assert.deepEqual(compareFacts(before, {}), {});
    assert.deepEqual(compareFacts({}, after), {});
    const index: Facts = { image: { shape: 'index', children: 2 } };
    assert.deepEqual(compareFacts(index, after), {});
  });

  test('leave suppressed vulnerabilities out', () => {
    const list = [{ id: 'CVE-1', severity: 'high', suppressed: true }] as const;
    const quiet: Facts = { vulnerabilities: { ...NONE, total: 0, fixable: 0, suppressed: 1, list } };
    const loud = scan(['CVE-1', 'HIGH', '1']);
    assert.equal(compareFacts(quiet, loud).vulnerabilities?.new.high, 1);
    assert.equal(compareFacts(loud, quiet).vulnerabilities?.gone.high, 1);
  });
});
