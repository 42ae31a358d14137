import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import type { Contract, ContractStage } from '../../src/core/contract/contract.ts';
import { openMachine } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/contracts');
const NAMES = ['minimal', 'slsa-build-l3', 'regulated-release'] as const;

const example = (name: string) => parse(readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8')) as Contract;

type Told = {
  readonly ok: number;
  readonly unseen: readonly string[];
  readonly cases: readonly { readonly case: string; readonly outcome: string }[];
};

describe('the contracts that teach', () => {
  for (const name of NAMES) {
    test(`${name} comes to what its cases expect, and they see fail whatever it asks for`, async () => {
      const ran = await openMachine().run('contract', 'test', join(EXAMPLES, `${name}.yaml`), '--complete', '--json');
      const told = JSON.parse(ran.out) as Told;
      assert.deepEqual(
        told.cases.filter(({ outcome }) => outcome !== 'ok'),
        [],
      );
      assert.deepEqual([ran.exit, told.unseen], [0, []]);
      assert(told.ok >= 8, `${told.ok} cases`);
    });

    test(`whatever is taken out of ${name}, or loosened in it, a case notices`, async () => {
      const machine = openMachine();
      const mutants = mutantsOf(example(name));
      assert(mutants.length >= 5, `${mutants.length} mutants`);
      const survivors: string[] = [];
      for (const [what, mutant] of mutants) {
        const file = join(machine.home, 'mutant.yaml');
        writeFileSync(file, stringify(mutant));
        const ran = await machine.run('contract', 'test', file, '--cases', join(EXAMPLES, `${name}.cases`), '--json');
        assert([0, 17].includes(ran.exit), `${what}: ${ran.out}`);
        if (ran.exit === 0) survivors.push(what);
      }
      assert.deepEqual(survivors, []);
    });
  }
});

/** The contract with one thing less, or looser, each with its name. */
function mutantsOf(contract: Contract): readonly (readonly [string, object])[] {
  const without = <T extends object>(value: T, member: string) =>
    Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));
  const mutants: [string, object][] = [];
  for (const member of ['limits', 'rules', 'vexFrom']) {
    if (member in contract) mutants.push([`no ${member}`, without(contract, member)]);
  }
  if (contract.vexFrom !== undefined) mutants.push(['VEX of nobody', { ...contract, vexFrom: [] }]);
  for (const limit of Object.keys(contract.limits ?? {})) {
    mutants.push([`no limit ${limit}`, { ...contract, limits: without(contract.limits ?? {}, limit) }]);
  }
  for (const [index, { rule }] of (contract.rules ?? []).entries()) {
    mutants.push([`rule ${rule} holds always`, { ...contract, rules: ruleThatHolds(contract.rules ?? [], index) }]);
  }
  for (const [index, stage] of contract.stages.entries()) {
    const instead = (other: object) => ({ ...contract, stages: contract.stages.with(index, other as ContractStage) });
    mutants.push([`no stage ${stage.stage}`, withoutStage(contract, stage.stage)]);
    for (const member of Object.keys(stage)) {
      if (member === 'stage') continue;
      mutants.push([`${stage.stage} without ${member}`, instead(without(stage, member))]);
    }
    if (stage.maxAge !== undefined) mutants.push([`${stage.stage} twice as old`, instead({ ...stage, maxAge: '14d' })]);
    if (stage.threshold !== undefined) {
      mutants.push([`${stage.stage} by one person less`, instead({ ...stage, threshold: stage.threshold - 1 })]);
    }
    for (const [at, { rule }] of (stage.rules ?? []).entries()) {
      mutants.push([
        `${stage.stage}: rule ${rule} holds always`,
        instead({ ...stage, rules: ruleThatHolds(stage.rules ?? [], at) }),
      ]);
    }
  }
  return mutants;
}

function ruleThatHolds(rules: NonNullable<Contract['rules']>, index: number): object[] {
  return rules.map((rule, at) => (at === index ? { ...rule, expression: 'true' } : rule));
}

/** The stage and every mention of it. */
function withoutStage(contract: Contract, name: string): object {
  const left = contract.stages.filter(({ stage }) => stage !== name);
  const stages = left.map(({ after = [], distinctFrom = [], ...rest }) => {
    const kept = {
      after: after.filter((other) => other !== name),
      distinctFrom: distinctFrom.filter((other) => other !== name),
    };
    return { ...rest, ...Object.fromEntries(Object.entries(kept).filter(([, names]) => names.length > 0)) };
  });
  const { vexFrom, ...rest } = contract;
  return {
    ...rest,
    ...(vexFrom === undefined ? {} : { vexFrom: vexFrom.filter((other) => other !== name) }),
    stages,
  };
}
