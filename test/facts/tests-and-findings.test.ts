import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factsOf, statedBy, wrapped } from './facts-under-test.ts';

const NO_FINDINGS = { error: 0, warning: 0, note: 0, none: 0, suppressed: 0 };

describe('SARIF', () => {
  const log = (run: object) => ({ version: '2.1.0', runs: [{ tool: { driver: { name: 'a' } }, ...run }] });

  test('counts results by their level, else that of their rule, else as warnings', () => {
    const rules = [
      { id: 'a', defaultConfiguration: { level: 'error' } },
      { id: 'b', defaultConfiguration: { level: 'note' } },
      { id: 'c' },
    ];
    const results = [
      { level: 'none' },
      { ruleId: 'a' },
      { ruleId: 'b', ruleIndex: 1 },
      { rule: { index: 0 } },
      { rule: { id: 'b' } },
      { ruleId: 'c' },
      { ruleId: 'unheard' },
      { ruleId: 'a', ruleIndex: -1 },
    ];
    const facts = statedBy('sarif', log({ tool: { driver: { name: 'a', rules } }, results }));
    assert.deepEqual(facts.findings, { total: 8, error: 3, warning: 2, note: 2, none: 1, suppressed: 0 });
  });

  test('finds the level of a rule in the component of the tool that has it, as CodeQL writes it', () => {
    const rule = (id: string, level: string) => ({ id, defaultConfiguration: { level } });
    const tool = {
      driver: { name: 'CodeQL', guid: 'g-0', rules: [rule('own', 'note')] },
      extensions: [
        { name: 'queries', guid: 'g-1', rules: [rule('a', 'error'), rule('b', 'note')] },
        { name: 'more', rules: [rule('c', 'note'), rule('b', 'error')] },
      ],
    };
    const levelOf = (result: object) => {
      const { findings } = statedBy('sarif', log({ tool, results: [result] }));
      return (['error', 'warning', 'note'] as const).filter((level) => findings?.[level] === 1).join();
    };
    const cases = [
      [{ ruleId: 'a', rule: { id: 'a', index: 0, toolComponent: { index: 0 } } }, 'error'],
      [{ ruleId: 'b', ruleIndex: 1, rule: { index: 1, toolComponent: { index: 1 } } }, 'error'],
      [{ rule: { id: 'b', toolComponent: { name: 'queries' } } }, 'note'],
      [{ rule: { index: 0, toolComponent: { guid: 'g-1' } } }, 'error'],
      [{ rule: { index: 0, toolComponent: { name: 'CodeQL' } } }, 'note'],
      [{ ruleIndex: 0, rule: { toolComponent: { index: -1 } } }, 'note'],
      [{ ruleIndex: 0 }, 'note'],
      // Where no component is named an id may be one of any extension.
      [{ ruleId: 'b' }, 'error'],
      [{ ruleId: 'own' }, 'note'],
      [{ ruleId: 'nobody' }, 'warning'],
      [{ rule: { index: 0, toolComponent: { index: 7 } } }, 'warning'],
      [{ ruleId: 'a', rule: { toolComponent: { name: 'unheard' } } }, 'warning'],
    ] as const;
    for (const [result, level] of cases) assert.equal(levelOf(result), level, JSON.stringify(result));
  });

  test('counts what reports no fault nowhere, and what is to be looked at without a level', () => {
    const kinds = ['pass', 'notApplicable', 'informational', 'open', 'review', 'fail'];
    const results = [...kinds.map((kind) => ({ kind })), { baselineState: 'absent', level: 'error' }];
    assert.deepEqual(statedBy('sarif', log({ results })).findings, { ...NO_FINDINGS, total: 3, warning: 1, none: 2 });
  });

  test('counts accepted suppressions apart, and those under review not at all', () => {
    const results = [
      { level: 'error', suppressions: [{ kind: 'inSource' }] },
      { level: 'error', suppressions: [{ status: 'accepted' }, { status: 'rejected' }] },
      { level: 'error', suppressions: [{ status: 'underReview' }] },
      { level: 'error', suppressions: [] },
    ];
    assert.deepEqual(statedBy('sarif', log({ results })).findings, {
      ...NO_FINDINGS,
      total: 3,
      error: 3,
      suppressed: 1,
    });
  });

  test('of a tool that failed or did not finish is facts/scan-failed', () => {
    assert.equal(
      factsOf('sarif', log({ results: [], invocations: [{ executionSuccessful: false }] })),
      'facts/scan-failed',
    );
    assert.equal(factsOf('sarif', log({})), 'facts/scan-failed');
    assert.equal(factsOf('sarif', log({ results: null })), 'facts/scan-failed');
  });

  test('is refused in other versions and malformed', () => {
    assert.equal(factsOf('sarif', { version: '2.0.0', runs: [] }), 'facts/unsupported-version');
    assert.equal(factsOf('sarif', log({ results: [{ level: 'fatal' }] })), 'facts/malformed-document');
    assert.equal(factsOf('sarif', log({ results: [{ kind: 'odd' }] })), 'facts/malformed-document');
    assert.equal(factsOf('sarif', log({ results: ['x'] })), 'facts/malformed-document');
    assert.deepEqual(statedBy('sarif', { version: '2.1.0', runs: [] }).findings, { ...NO_FINDINGS, total: 0 });
  });
});

describe('JUnit', () => {
  const tests = (xml: string) => factsOf('junit', wrapped(xml));

  test('counts test cases by what stands in them, at any depth', () => {
    const xml = `<testsuites><testsuite tests="99"><testcase/><testcase><failure/></testcase>
      <testsuite><testcase><error/><failure/></testcase><testcase><skipped/></testcase></testsuite>
      <testcase status="notrun"/><testcase><skipped/><failure/></testcase>
      <testcase><system-out><![CDATA[<failure/>]]></system-out><properties><failure/></properties></testcase>
      </testsuite></testsuites>`;
    assert.deepEqual(tests(xml), { tests: { total: 7, passed: 2, failed: 3, skipped: 2 } });
    assert.deepEqual(tests('<testsuite/>'), { tests: { total: 0, passed: 0, failed: 0, skipped: 0 } });
  });

  test('that claims failures which it does not show is facts/contradictory-document', () => {
    assert.equal(
      tests('<testsuites failures="1"><testsuite><testcase/></testsuite></testsuites>'),
      'facts/contradictory-document',
    );
    assert.equal(tests('<testsuite errors="1"><testcase/></testsuite>'), 'facts/contradictory-document');
    const both =
      '<testsuites failures="1" errors="1"><testsuite failures="2"><testcase><failure/><error/></testcase></testsuite></testsuites>';
    assert.deepEqual(tests(both), { tests: { total: 1, passed: 0, failed: 1, skipped: 0 } });
  });

  test('is refused where it is not JUnit or not well-formed', () => {
    assert.equal(tests('<report/>'), 'facts/malformed-document');
    assert.equal(tests('<testsuite failures="many"/>'), 'facts/malformed-document');
    assert.equal(tests('<testsuite><testcase><testcase/></testcase></testsuite>'), 'facts/malformed-document');
    assert.equal(tests('<testsuite><testcase><testsuite/></testcase></testsuite>'), 'facts/malformed-document');
    assert.equal(tests('<testsuite><testcase/>'), 'facts/malformed-xml');
    assert.equal(tests('<!DOCTYPE testsuite SYSTEM "x"><testsuite/>'), 'facts/doctype-not-allowed');
    assert.equal(factsOf('junit', wrapped(Buffer.from([0x3c, 0xff]))), 'facts/malformed-xml');
    assert.equal(factsOf('junit', { document: 'not base64' }), 'facts/malformed-xml');
    assert.equal(factsOf('junit', {}), 'facts/malformed-document');
  });
});

describe('test results of in-toto', () => {
  test('count their three lists', () => {
    const result = { result: 'FAILED', passedTests: ['a', 'b'], warnedTests: ['c'], failedTests: ['d'] };
    assert.deepEqual(statedBy('test-result', result), { tests: { total: 4, passed: 3, failed: 1, skipped: 0 } });
    assert.deepEqual(statedBy('test-result', { result: 'PASSED', passedTests: [] }).tests?.total, 0);
  });

  test('that contradict themselves, or list nothing, state nothing', () => {
    const contradictory = [
      { result: 'PASSED', failedTests: ['a'] },
      { result: 'FAILED', passedTests: ['a'] },
      { result: 'WARNED', failedTests: ['a'] },
      { result: 'PASSED', warnedTests: ['a'] },
    ];
    for (const result of contradictory) assert.equal(factsOf('test-result', result), 'facts/contradictory-document');
    assert.equal(factsOf('test-result', { result: 'PASSED' }), 'facts/not-stated');
    assert.equal(factsOf('test-result', { result: 'passed', passedTests: [] }), 'facts/malformed-document');
    assert.equal(factsOf('test-result', { result: 'PASSED', passedTests: 3 }), 'facts/malformed-document');
  });
});

describe('coverage', () => {
  const cobertura = (attributes: string) =>
    factsOf('cobertura', wrapped(`<coverage ${attributes}><packages/></coverage>`));
  const jacoco = (counters: string) => factsOf('jacoco', wrapped(`<report name="a">${counters}</report>`));

  test('of Cobertura is that of its totals, rounded down, and of its rates where it has no totals', () => {
    assert.deepEqual(
      cobertura('lines-covered="2" lines-valid="3" line-rate="1" branches-covered="0" branches-valid="0"'),
      {
        coverage: { lines: { basisPoints: 6_666, covered: 2, total: 3 } },
      },
    );
    assert.deepEqual(cobertura('line-rate="0.99999" branch-rate="1"'), {
      coverage: { lines: { basisPoints: 9_999 }, branches: { basisPoints: 10_000 } },
    });
  });

  test('of Cobertura is refused where its numbers are none or contradict one another', () => {
    assert.equal(cobertura('lines-covered="4" lines-valid="3"'), 'facts/contradictory-document');
    assert.equal(cobertura('lines-covered="x" lines-valid="3"'), 'facts/malformed-document');
    assert.equal(cobertura('line-rate="1.1"'), 'facts/malformed-document');
    assert.equal(cobertura('line-rate="1e-5"'), 'facts/malformed-document');
    assert.equal(cobertura('version="1"'), 'facts/not-stated');
    assert.equal(factsOf('cobertura', wrapped('<report/>')), 'facts/malformed-document');
  });

  test('of JaCoCo is that of the counters of the whole report', () => {
    const inner = '<package name="p"><counter type="LINE" missed="9" covered="0"/></package>';
    const own = '<counter type="LINE" missed="1" covered="2"/><counter type="METHOD" missed="5" covered="0"/>';
    assert.deepEqual(jacoco(inner + own), { coverage: { lines: { basisPoints: 6_666, covered: 2, total: 3 } } });
    assert.equal(jacoco(inner), 'facts/not-stated');
    assert.equal(jacoco(own + own), 'facts/contradictory-document');
    assert.equal(jacoco('<counter type="LINE" missed="-1" covered="2"/>'), 'facts/malformed-document');
    assert.equal(jacoco('<counter type="LINE" missed="1" covered="2"/>x<!'), 'facts/malformed-xml');
  });
});
