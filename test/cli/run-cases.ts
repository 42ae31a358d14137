import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openMachine } from './run-cli.ts';

type Told = {
  readonly ok: number;
  readonly differs: number;
  readonly unreadable: number;
  readonly unseen: readonly string[];
  readonly cases: readonly {
    readonly case: string;
    readonly outcome: string;
    readonly verdict?: string;
    readonly difference?: { readonly missing: readonly string[]; readonly unexpected: readonly string[] };
    readonly error?: { readonly code: string; readonly line: number };
    readonly checks?: readonly { readonly code: string; readonly outcome: string; readonly reason?: string }[];
  }[];
};

/** Runs cases against a contract, both written into a folder of their own. */
export async function runCases(contract: object, cases: object | string, ...options: readonly string[]) {
  const machine = openMachine();
  const file = join(machine.home, 'contract.yaml');
  writeFileSync(file, stringify({ contract: 'shop', repositories: ['shop/*'], stages: [], ...contract }));
  await mkdir(join(machine.home, 'contract.cases'));
  const text = typeof cases === 'string' ? cases : stringify(cases);
  writeFileSync(join(machine.home, 'contract.cases', 'one.yaml'), text);
  const ran = await machine.run('contract', 'test', file, '--json', ...options);
  return { ...ran, told: JSON.parse(ran.out) as Told, machine, file };
}
