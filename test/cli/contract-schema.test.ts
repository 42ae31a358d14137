import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { readCases } from '../../src/cli/cases/contract-case.ts';
import { casesSchema, contractSchema, DESCRIBED_MEMBERS, SCHEMA_LINE } from '../../src/cli/contract-schema.ts';
import { draftContract } from '../../src/cli/draft-contract.ts';
import { readContract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { contractCases } from '../contract/contract-cases.ts';
import { PAIRS } from '../contract/random-contracts.ts';
import { openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

/** The schema as other people's code reads it. */
const schema = z.fromJSONSchema(contractSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (document: unknown) => schema.safeParse(document).success;
const reads = (document: unknown) => readContract(document as Json).ok;

test('contract.schema.json is what the readers say; run waybill contract schema where it is not', async () => {
  const { exit, out } = await openMachine().run('contract', 'schema');
  assert.equal(exit, 0);
  assert.equal(readFileSync(join(EXAMPLES, 'contracts/contract.schema.json'), 'utf8'), out);
});

/** Where cases are wrong in themselves; what is wrong in what they expect no schema says. */
const WRONG_CASES: readonly object[] = [
  { cases: [] },
  { cases: [{ expect: 'pass' }], givn: {} },
  { case: 'x', attestations: [{ stage: 'a' }] },
  { expect: 'pass', attestations: [{ stage: 'a', aeg: '1d' }] },
  { expect: 'pass', attestations: [{ stage: 'a', age: '1 day' }] },
  { expect: 'pass', attestations: [{ stage: 'a', assurance: 'strong' }] },
  { expect: 'pass', facts: { vulnerabilites: {} } },
  { expect: 'pass', facts: { vulnerabilities: { critical: '1' } } },
  { expect: 'pass', signatures: [{ run: { outcome: 'lost' } }] },
  { expect: 'pass', waivers: [{ stage: 'a' }] },
];

test('case.schema.json is what the readers say; it accepts every case that ships, and both refuse wrong ones', async () => {
  const { out } = await openMachine().run('contract', 'schema', '--cases');
  assert.equal(readFileSync(join(EXAMPLES, 'contracts/case.schema.json'), 'utf8'), out);
  const cases = z.fromJSONSchema(casesSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const acceptsCases = (document: unknown) => cases.safeParse(document).success;
  const folders = readdirSync(join(EXAMPLES, 'contracts')).filter((name) => name.endsWith('.cases'));
  assert.equal(folders.length, 3);
  for (const folder of folders) {
    for (const name of readdirSync(join(EXAMPLES, 'contracts', folder))) {
      const text = readFileSync(join(EXAMPLES, 'contracts', folder, name), 'utf8');
      assert(text.startsWith('# yaml-language-server: $schema=../case.schema.json\n'), name);
      assert.deepEqual([readCases(parse(text)).ok, acceptsCases(parse(text))], [true, true], name);
    }
  }
  assert(readCases({ expect: 'pass' }).ok && acceptsCases({ expect: 'pass' }));
  for (const wrong of WRONG_CASES) {
    assert.deepEqual([readCases(wrong as Json).ok, acceptsCases(wrong)], [false, false], JSON.stringify(wrong));
  }
});

test('every member has a description, and every description is of a member', () => {
  const found: string[] = [];
  const walk = (node: { properties?: object; items?: object; description?: string }, path: string): void => {
    if (path !== '' && !path.endsWith('[]')) {
      found.push(path);
      assert(node.description !== undefined && node.description.length > 5, path);
    }
    for (const [name, member] of Object.entries(node.properties ?? {}))
      walk(member, path === '' ? name : `${path}.${name}`);
    if (node.items !== undefined) walk(node.items, `${path}[]`);
  };
  walk(contractSchema(), '');
  assert.deepEqual(found.sort(), [...DESCRIBED_MEMBERS].sort());
});

test('whatever reads as a contract the schema accepts', () => {
  let accepted = 0;
  fc.assert(
    fc.property(PAIRS, ([one, other]) => {
      for (const contract of [one, other]) assert(accepts(contract), JSON.stringify(contract));
    }),
    { numRuns: 300, seed: 11 },
  );
  for (const [, cases] of contractCases()) {
    for (const { contract } of cases) {
      const whole = { contract: 'shop', repositories: ['shop/*'], stages: [], ...contract };
      if (!reads(whole)) continue;
      accepted += 1;
      assert(accepts(whole), JSON.stringify(whole));
    }
  }
  assert(accepted > 60, `${accepted}`);
});

/** Both ends of everything that is bounded. */
const STAGE = { stage: 'a' };
const ID = 'd4'.repeat(32);
const many = (count: number, of: (index: number) => unknown) => Array.from({ length: count }, (_, index) => of(index));
const whole = (members: object) => ({ contract: 'shop', repositories: ['shop/*'], stages: [], ...members });
const ofStage = (members: object) => whole({ stages: [STAGE, { stage: 'b', ...members }] });

test('at the bounds both accept', () => {
  const documents = [
    whole({ contract: `a${'b'.repeat(63)}`, title: 'x'.repeat(200) }),
    whole({ repositories: many(16, (index) => `r${index}`) }),
    whole({ repositories: ['registry.example.com:5000/a/b_c/*'] }),
    whole({ stages: many(64, (index) => ({ stage: `s${index}` })) }),
    ofStage({ predicateTypes: many(32, (index) => `urn:${index}`), signers: [ID] }),
    ofStage({ threshold: 16, maxAge: '9999999d' }),
    ofStage({
      rules: many(16, (index) => ({ rule: `r${index}`, expression: `${' '.repeat(1_995)}${index}==0`.slice(-2_000) })),
    }),
    whole({ limits: { imageBytesMax: Number.MAX_SAFE_INTEGER, layersMax: 0, baseImages: ['*'] } }),
    whole({ runs: { required: false, attemptsMax: 1_000, failedAttemptsMax: 0 } }),
  ];
  for (const document of documents)
    assert.deepEqual([reads(document), accepts(document)], [true, true], JSON.stringify(document));
});

/** Documents that are wrong in themselves, each in one thing. */
const WRONG: readonly unknown[] = [
  null,
  'contract: shop',
  [],
  {},
  { contract: 'shop', repositories: ['a'] },
  { contract: 'shop', stages: [] },
  { repositories: ['a'], stages: [] },
  whole({ contract: 'My Shop' }),
  whole({ contract: '' }),
  whole({ contract: `a${'b'.repeat(64)}` }),
  whole({ owner: 'x' }),
  whole({ title: '' }),
  whole({ title: 'x'.repeat(201) }),
  whole({ repositories: [] }),
  whole({ repositories: ['a', 'a'] }),
  whole({ repositories: many(17, (index) => `r${index}`) }),
  whole({ repositories: ['shop*'] }),
  whole({ repositories: 'shop/*' }),
  whole({ stages: many(65, (index) => ({ stage: `s${index}` })) }),
  whole({ stages: [{}] }),
  whole({ stages: ['test'] }),
  whole({ stages: { test: {} } }),
  ofStage({ stages: [] }),
  ofStage({ predicateType: 'urn:a' }),
  ofStage({ predicateTypes: [] }),
  ofStage({ predicateTypes: ['urn:a', 'urn:a'] }),
  ofStage({ predicateTypes: [''] }),
  ofStage({ signers: ['ci'] }),
  ofStage({ signers: [ID.toUpperCase()] }),
  ofStage({ assurance: 'keyless' }),
  ofStage({ after: 'a' }),
  ofStage({ after: [] }),
  ofStage({ count: 'newest' }),
  ofStage({ on: 'commit' }),
  ofStage({ threshold: 0 }),
  ofStage({ threshold: 17 }),
  ofStage({ threshold: 1.5 }),
  ofStage({ threshold: '2' }),
  ofStage({ distinctFrom: [] }),
  ofStage({ distinctFromBuilder: false }),
  ofStage({ maxAge: '7 days' }),
  ofStage({ maxAge: '0d' }),
  ofStage({ maxAge: 7 }),
  ofStage({ maxAge: '07d' }),
  ofStage({ rules: [] }),
  ofStage({ rules: [{ rule: 'a' }] }),
  ofStage({ rules: [{ expression: 'true' }] }),
  ofStage({ rules: [{ rule: 'a', expression: 'true', level: 'warning' }] }),
  ofStage({ rules: [{ rule: 'a', expression: 'é == 1' }] }),
  whole({ rules: many(17, (index) => ({ rule: `r${index}`, expression: 'true' })) }),
  whole({ rules: [{ rule: 'a', expression: `${' '.repeat(2_000)}1` }] }),
  whole({ limits: { layersMax: -1 } }),
  whole({ limits: { layers: 3 } }),
  whole({ limits: { baseImages: [] } }),
  whole({ limits: { baseImages: ['a b'] } }),
  whole({ runs: {} }),
  whole({ runs: { required: 'yes' } }),
  whole({ runs: { required: true, attemptsMax: 0 } }),
  whole({ runs: { required: true, attempts: 1 } }),
];

test('what is wrong in itself both refuse', () => {
  for (const document of WRONG) {
    assert.deepEqual([reads(document), accepts(document)], [false, false], JSON.stringify(document));
  }
  assert(reads(whole({})) && accepts(whole({})));
});

test('every contract that ships names its schema, and the schema accepts it', () => {
  const files = readdirSync(join(EXAMPLES, 'contracts')).filter((name) => name.endsWith('.yaml'));
  for (const path of [...files.map((name) => `contracts/${name}`), 'contract.yaml']) {
    const text = readFileSync(join(EXAMPLES, path), 'utf8');
    const at = path.startsWith('contracts/') ? '' : 'contracts/';
    assert.equal(text.split('\n')[0], SCHEMA_LINE.replace('=', `=${at}`), path);
    assert(accepts(parse(text)), path);
  }
});

test('a draft names the schema, and says where it comes from', () => {
  const draft = draftContract('shop/api', []);
  assert.equal(draft.split('\n')[0], SCHEMA_LINE);
  assert.match(draft, /waybill contract schema > contract\.schema\.json/);
});
