import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCases } from './run-cases.ts';

/** A contract, what an image has, and what comes out of it: written down from docs/spec/contract.md. */
const JUDGED: readonly (readonly [string, object, object, string, readonly string[]])[] = [
  [
    'people, age and order',
    { stages: [{ stage: 'a' }, { stage: 'b', after: ['a'], maxAge: '1h' }, { stage: 'c', distinctFrom: ['a'] }] },
    {
      attestations: [
        { stage: 'b', age: '2h' },
        { stage: 'a', person: 'ana' },
        { stage: 'c', person: 'ana' },
      ],
    },
    'fail',
    ['contract/same-person', 'contract/stage-too-early', 'contract/stale'],
  ],
  [
    'a statement that is posted again is as old as it was',
    { stages: [{ stage: 'a', maxAge: '1d', count: 'latest' }] },
    {
      attestations: [
        { stage: 'a', age: '2d', statement: 's' },
        { stage: 'a', age: '1h', statement: 's' },
      ],
    },
    'fail',
    ['contract/stale'],
  ],
  [
    'signer and assurance',
    {
      stages: [
        { stage: 'a', signers: ['aa'.repeat(32)] },
        { stage: 'b', assurance: 'pipeline' },
      ],
    },
    { attestations: [{ stage: 'a' }, { stage: 'b', assurance: 'service' }] },
    'fail',
    ['contract/wrong-assurance', 'contract/wrong-signer'],
  ],
  [
    'a key that follows the one that is named',
    { stages: [{ stage: 'a', signers: ['aa'.repeat(32)] }] },
    { attestations: [{ stage: 'a', signer: 'bb'.repeat(32), follows: ['aa'.repeat(32)] }] },
    'pass',
    [],
  ],
  [
    'a stage of the commit is none of the image',
    { stages: [{ stage: 'a', on: 'source' }, { stage: 'b' }] },
    {
      attestations: [
        { stage: 'a', on: 'source' },
        { stage: 'b', on: 'source' },
      ],
    },
    'fail',
    ['contract/stage-missing'],
  ],
  [
    'an attestation that is about both',
    { stages: [{ stage: 'a', on: 'source' }] },
    { attestations: [{ stage: 'a', on: 'both' }] },
    'pass',
    [],
  ],
  [
    'a newer attestation that is sound heals the stage, and not the verdict',
    { stages: [{ stage: 'a', count: 'latest' }] },
    { attestations: [{ stage: 'a', sound: false }, { stage: 'a' }] },
    'fail',
    [],
  ],
  [
    'a run that failed, at the third attempt',
    { stages: [], runs: { required: true, attemptsMax: 2, failedAttemptsMax: 1 } },
    { signatures: [{ run: { outcome: 'failed', stages: ['lint'], attempt: 3 } }] },
    'fail',
    ['contract/expected-stage-missing', 'contract/too-many-attempts', 'run/failed'],
  ],
  [
    'a run that succeeded after attempts that did not',
    { stages: [], runs: { required: true, attemptsMax: 3, failedAttemptsMax: 1 } },
    { signatures: [{ run: { outcome: 'succeeded', attempt: 3, failedBefore: 2 } }] },
    'fail',
    ['contract/too-many-failed-attempts'],
  ],
  ['no run', { stages: [], runs: { required: true } }, {}, 'fail', ['contract/run-missing']],
  [
    'a limit and a rule over the same facts',
    { limits: { layersMax: 3 }, rules: [{ rule: 'base', expression: 'facts.baseImage.name == "ours"' }] },
    { facts: { image: { layers: 4 }, baseImage: { name: 'theirs' } } },
    'fail',
    ['contract/limit-exceeded', 'contract/rule-violated'],
  ],
  [
    'a rule of a stage reads the predicate',
    { stages: [{ stage: 'a', rules: [{ rule: 'r', expression: 'predicate.n > 1' }] }] },
    { attestations: [{ stage: 'a', predicate: { n: 1 } }] },
    'fail',
    ['contract/rule-violated'],
  ],
  ['another repository', { stages: [{ stage: 'a' }] }, { repository: 'other/api' }, 'unjudged', []],
  [
    'what the contract takes from another repository',
    { from: ['staging/api'], stages: [{ stage: 'a' }, { stage: 'b' }] },
    {
      signatures: [{ repository: 'staging/api' }],
      attestations: [{ stage: 'a', repository: 'staging/api' }, { stage: 'b' }],
    },
    'pass',
    [],
  ],
  [
    'what it does not take from another repository, sound or not',
    { from: ['staging/api'], stages: [{ stage: 'a' }], limits: { componentsMax: 1 } },
    {
      signatures: [{ repository: 'other/api' }],
      attestations: [{ stage: 'a', repository: 'other/api', sound: false, statement: 's' }],
    },
    'fail',
    ['contract/fact-missing', 'contract/signature-missing', 'contract/stage-missing'],
  ],
  [
    'a run of the repository that the image comes from',
    { from: ['staging/api'], stages: [], runs: { required: true } },
    { signatures: [{ repository: 'staging/api', run: { outcome: 'failed' } }] },
    'fail',
    ['run/failed'],
  ],
  [
    'a statement that is posted here again is as old as it was there',
    { from: ['staging/api'], stages: [{ stage: 'a', maxAge: '1d', count: 'latest' }] },
    {
      attestations: [
        { stage: 'a', repository: 'staging/api', age: '2d', statement: 's' },
        { stage: 'a', age: '1h', statement: 's' },
      ],
    },
    'fail',
    ['contract/stale'],
  ],
  [
    'an index hands down its signature and provenance, and nothing else',
    { stages: [{ stage: 'build' }, { stage: 'scan' }] },
    {
      platform: 'linux/arm64',
      signatures: [{ on: 'index' }],
      attestations: [
        { stage: 'build', type: 'slsa-provenance', on: 'index' },
        { stage: 'scan', type: 'vulns', on: 'index', sound: false },
      ],
    },
    'fail',
    ['contract/stage-missing'],
  ],
  [
    'an attestation of another platform',
    { stages: [{ stage: 'a' }, { stage: 'b' }] },
    {
      platform: 'linux/arm64',
      attestations: [
        { stage: 'a', platform: 'linux/arm64' },
        { stage: 'b', platform: 'linux/amd64' },
      ],
    },
    'fail',
    ['contract/stage-missing'],
  ],
  [
    'facts that are missing are not zero',
    { rules: [{ rule: 'none', expression: 'facts.vulnerabilities.critical == 0' }], limits: { layersMax: 3 } },
    { facts: { vulnerabilities: {}, image: { layers: 1 } }, missing: ['vulnerabilities', 'image'] },
    'fail',
    ['contract/fact-missing', 'contract/rule-missing-field'],
  ],
  [
    'an index as the image in question',
    { rules: [{ rule: 'two', expression: 'facts.image.shape == "index" && facts.image.children == 2' }] },
    { facts: { image: { children: 2 } } },
    'pass',
    [],
  ],
];

for (const [title, contract, image, verdict, reasons] of JUDGED) {
  test(`is judged as custody judges it: ${title}`, async () => {
    const { told } = await runCases(contract, { ...image, expect: { verdict, failing: reasons } });
    const [only] = told.cases;
    assert.equal(only?.verdict, verdict, JSON.stringify(told));
    const failed = only.checks?.filter(({ outcome }) => outcome === 'fail').map(({ reason }) => reason);
    assert.deepEqual(failed?.sort(), [...reasons]);
  });
}
