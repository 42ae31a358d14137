import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lintContract } from '../../src/cli/lint-contract.ts';

const EXAMPLES = new URL('../../examples/contracts/', import.meta.url);
const findings = (text: string) =>
  lintContract(Buffer.from(text)).map(({ level, code, line, column }) => `${level} ${code} ${line}:${column}`);

test('the contracts that teach would be published as they stand', () => {
  const files = readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  assert.deepEqual(files, ['minimal.yaml', 'regulated-release.yaml', 'slsa-build-l3.yaml']);
  for (const file of files) {
    const found = findings(readFileSync(new URL(file, EXAMPLES), 'utf8'));
    assert.deepEqual(
      found.filter((line) => line.startsWith('error')),
      [],
      file,
    );
  }
});

test('an error is named with its line and column', () => {
  const text = (stage: string) => `contract: shop\nrepositories: [shop/*]\nstages:\n  - stage: test\n    ${stage}\n`;
  assert.deepEqual(findings(text('count: latest')), []);
  assert.deepEqual(findings(text('threshold: 0')), ['error contract/malformed 5:16']);
  assert.deepEqual(findings(text('after: [build]')), ['error contract/unknown-stage 5:13']);
  assert.deepEqual(findings(text('rules: [{ rule: a, expression: 1 + }]')), ['error contract/rule-malformed 5:36']);
  assert.deepEqual(findings(text('rules: [{ rule: a, expression: facts.test.failed == 0 }]')), [
    'error contract/rule-type 5:36',
  ]);
  assert.deepEqual(findings('contract: [\n'), ['error http/malformed-yaml 2:1']);
  // As the service would refuse it.
  assert.deepEqual(findings('contract: shop\nrepositories: &all ["*"]\nstages: []\n'), [
    'error http/malformed-yaml 2:20',
  ]);
});

test('what does less than it seems to is remarked', () => {
  const contract = 'contract: shop\nrepositories: ["*"]\nstages:\n  - stage: a\n    threshold: 2\n    maxAge: 1d\n';
  assert.deepEqual(findings(contract), [
    'warning lint/everywhere 2:15',
    'warning lint/no-second-word 5:16',
    'warning lint/needs-people 4:5',
    'warning lint/old-failures-stay 6:13',
  ]);
  assert.deepEqual(findings('contract: shop\nrepositories: [a]\nstages: []\n'), ['warning lint/asks-for-nothing 3:9']);
  const heard = 'contract: shop\nrepositories: [a]\nvexFrom: [vex]\nstages:\n  - stage: vex\n';
  assert.deepEqual(findings(heard), ['warning lint/vex-of-nothing 3:10']);
  assert.deepEqual(findings(`${heard}rules: [{ rule: r, expression: facts.vulnerabilities.total == 0 }]\n`), []);
  assert.deepEqual(findings(heard.replace('[vex]', '[triage]')), ['error contract/unknown-stage 3:11']);
});
