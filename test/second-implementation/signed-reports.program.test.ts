import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorCode, openMachine } from '../cli/run-cli.ts';
import { askSecond, base64, outcome, skipWithoutPython } from './second-verifier.ts';
import { reportCases } from './signed-report-cases.ts';

test('signed JSON reports: what the command line says of each case', { skip: skipWithoutPython() }, async () => {
  const machine = openMachine();
  const file = join(machine.home, 'case.json');
  const cases = reportCases();
  const ask = (pinned: boolean) =>
    askSecond(cases.map(({ bytes, logKey }) => ({ bytes: base64(bytes), logKeys: pinned ? [logKey] : [] })));
  const [answers, unpinned] = await Promise.all([ask(true), ask(false)]);
  const printed = async (...args: readonly string[]) => {
    const ran = await machine.run('verify', file, '--json', ...args);
    const { verdict } = JSON.parse(ran.out) as { readonly verdict?: unknown };
    return [errorCode(ran) ?? verdict, ran.exit === 15] as const;
  };
  for (const [index, { name, bytes, logKey, expected, past = false }] of cases.entries()) {
    writeFileSync(file, bytes);
    assert.deepEqual([outcome(answers[index]), answers[index]?.past ?? false], [expected, past], name);
    assert.deepEqual(await printed('--log-key', logKey), [expected, past && expected === 'pass'], name);
    const without = outcome(unpinned[index]);
    assert.deepEqual(await printed(), [without === 'unconfirmed' ? 'origin/not-confirmed' : without, false], name);
  }
});
