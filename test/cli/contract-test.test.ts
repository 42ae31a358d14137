import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCases as run } from './run-cases.ts';
import { errorCode, openMachine } from './run-cli.ts';

test('what differs is told by verdict and check, and the exit code is 17', async () => {
  const contract = { stages: [{ stage: 'test' }, { stage: 'scan', maxAge: '1d' }] };
  const cases = {
    given: { attestations: [{ stage: 'test' }, { stage: 'scan' }] },
    cases: [
      { case: 'good', expect: 'pass' },
      { case: 'wrong reason', without: ['test'], expect: { verdict: 'fail', failing: ['contract/stale scan'] } },
      { case: 'wrong verdict', expect: { verdict: 'fail', failing: [] } },
    ],
  };
  const { exit, told, machine, file } = await run(contract, cases);
  assert.deepEqual([exit, told.ok, told.differs, told.unreadable], [17, 1, 2, 0]);
  assert.deepEqual(told.cases[1]?.difference, {
    missing: ['contract/stale scan'],
    unexpected: ['contract/stage-missing test'],
  });
  assert.deepEqual(told.cases[2]?.difference, {
    verdict: { expected: 'fail', found: 'pass' },
    missing: [],
    unexpected: [],
  });
  assert.deepEqual(told.unseen, ['contract/signature-missing', 'contract/stage-missing scan', 'contract/stale scan']);
  const people = await machine.run('contract', 'test', file);
  assert.match(people.out, /ok +good\n/);
  assert.match(
    people.out,
    /DIFFERS +wrong reason\n.*one\.yaml\n +- contract\/stale scan\n +\+ contract\/stage-missing test: /,
  );
  assert.match(people.out, /1 as expected, 2 otherwise, 0 unreadable/);
  assert.match(people.out, /nobody would notice if it was dropped:\n {2}contract\/signature-missing/);
});

test('a case tells the facts of the image that was released before', async () => {
  const expression = '!has(previous.facts) || facts.components.count <= previous.facts.components.count';
  const components = (count: number) => ({ components: { count } });
  const cases = {
    given: { facts: components(3) },
    cases: [
      { case: 'first', expect: 'pass' },
      { case: 'smaller', previous: components(4), expect: 'pass' },
      {
        case: 'larger',
        previous: components(2),
        expect: { verdict: 'fail', failing: ['contract/rule-violated no-more'] },
      },
    ],
  };
  const { exit, told } = await run({ rules: [{ rule: 'no-more', expression }] }, cases);
  assert.deepEqual([exit, told.ok, told.unseen], [0, 3, ['contract/signature-missing']]);
});

test('facts that a case leaves out are zero, and totals add up', async () => {
  const holds = [
    'facts.vulnerabilities.critical == 0 && facts.vulnerabilities.high == 2 && facts.vulnerabilities.total == 2',
    'facts.tests.total == 3 && facts.findings.total == 1 && facts.vex.affected == 0 && facts.components.list == []',
    'facts.approvals.count == 1 && facts.image.shape == "image" && !has(facts.coverage)',
  ];
  const contract = { rules: holds.map((expression, index) => ({ rule: `r${index}`, expression })) };
  const facts = {
    vulnerabilities: { high: 2 },
    tests: { passed: 2, failed: 1 },
    findings: { note: 1 },
    vex: { fixed: 1 },
    components: { count: 7 },
    approvals: { approvers: ['p-1'] },
    image: { layers: 2 },
  };
  const { exit, told } = await run(contract, { facts, expect: 'pass' });
  assert.equal(exit, 0, JSON.stringify(told.cases));
});

test('a case that cannot be read is told with its line, stops no other file, and ends with 5', async () => {
  const contract = { stages: [{ stage: 'a' }] };
  const wrong: readonly (readonly [string, string, number])[] = [
    ['expect: fail\n', 'encoding/missing-member', 1],
    ['attestations:\n  - {stage: a, aeg: 1d}\nexpect: pass\n', 'encoding/unknown-member', 2],
    ['attestations:\n  - {stage: a}\nexpect: {verdict: fail, failing: [contract/stail]}\n', 'encoding/not-allowed', 3],
    ['facts: {vulnerabilites: {}}\nexpect: pass\n', 'encoding/unknown-member', 1],
    ['attestations:\n  - {stage: a, age: 1h}\n  - {stage: a, age: 2h}\nexpect: pass\n', 'entry/time-backwards', 3],
    ['attestations:\n  - {stage: a, document: none.json}\nexpect: pass\n', 'cli/unusable-file', 2],
    ['attestations:\n  - {stage: a, type: junnit}\nexpect: pass\n', 'cli/bad-argument', 2],
    ['attestations:\n  - {stage: a, document: a.json, predicate: {}}\nexpect: pass\n', 'encoding/not-allowed', 2],
    ['given: &a {}\ncases: []\n', 'http/malformed-yaml', 1],
    ['missing: [layers]\nexpect: pass\n', 'encoding/not-allowed', 1],
    ['platform: arm64\nexpect: pass\n', 'encoding/pattern-mismatch', 1],
    ['facts: {image: {children: 1, layers: 1}}\nexpect: pass\n', 'encoding/not-allowed', 1],
  ];
  for (const [text, code, line] of wrong) {
    const { exit, told } = await run(contract, text);
    assert.deepEqual([exit, told.unreadable], [5, 1], text);
    assert.deepEqual([told.cases[0]?.error?.code, told.cases[0]?.error?.line], [code, line], text);
  }
});

test('no cases at all are no success (cli/unusable-file), nor is a contract that would be refused', async () => {
  const { machine, file } = await run({ stages: [{ stage: 'a' }] }, 'expect: pass\n');
  await mkdir(join(machine.home, 'empty'));
  for (const cases of ['empty', 'nowhere']) {
    const ran = await machine.run('contract', 'test', file, '--cases', join(machine.home, cases), '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/unusable-file'], cases);
  }
  writeFileSync(file, 'contract: shop\nrepositories: [shop/*]\nstages:\n  - {stage: a, after: [b]}\n');
  const refused = await machine.run('contract', 'test', file, '--json');
  assert.deepEqual([refused.exit, errorCode(refused)], [5, 'contract/unknown-stage']);
  assert.match(refused.out, /contract\.yaml:4:/);
});

test('--complete fails where the contract asks for what no case sees fail', async () => {
  const contract = { stages: [{ stage: 'a' }] };
  const cases = { attestations: [{ stage: 'a' }], expect: 'pass' };
  assert.equal((await run(contract, cases)).exit, 0);
  const complete = await run(contract, cases, '--complete');
  assert.deepEqual(
    [complete.exit, complete.told.unseen],
    [17, ['contract/signature-missing', 'contract/stage-missing a']],
  );
});

test('--junit writes a report that reads as one: as many tests, as many failures', async () => {
  const cases = [
    { case: 'good', attestations: [{ stage: 'a' }], expect: 'pass' },
    { case: 'bad "<&>" \u0001', expect: 'pass' },
  ];
  const report = join(openMachine().home, 'junit.xml');
  const { exit, machine } = await run({ stages: [{ stage: 'a' }] }, { cases }, '--junit', report);
  assert.equal(exit, 17);
  const facts = await machine.run('facts', report, '--json');
  assert.deepEqual(JSON.parse(facts.out).facts.tests, { total: 2, passed: 1, failed: 1, skipped: 0 });
  assert.match(readFileSync(report, 'utf8'), /name="bad &quot;&lt;&amp;&gt;&quot; \ufffd"/);
});

test('the contract and the cases of the guide are as the guide says', async () => {
  const root = join(import.meta.dirname, '../..');
  const guide = readFileSync(join(root, 'docs/guides/contracts.md'), 'utf8');
  const [contract = '', cases = ''] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const machine = openMachine();
  const file = join(machine.home, 'release.yaml');
  await mkdir(join(machine.home, 'release.cases'));
  writeFileSync(file, contract);
  writeFileSync(join(machine.home, 'release.cases/ages.yaml'), cases);
  writeFileSync(join(machine.home, 'release.cases/junit.xml'), readFileSync(join(root, 'examples/junit.xml')));
  const ran = await machine.run('contract', 'test', file);
  assert.equal(ran.exit, 0, ran.out);
  writeFileSync(file, contract.replace('7d', '9d'));
  const looser = await machine.run('contract', 'test', file);
  const said = /```text\n( {2}DIFFERS[\s\S]*?)```/.exec(guide)?.[1]?.replace('release.cases/', '') ?? 'nothing';
  assert.equal(looser.exit, 17);
  assert(looser.out.replaceAll(`${join(machine.home, 'release.cases')}/`, '').includes(said), looser.out);
});
