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
  const evidence = join(machine.home, 'evidence.json');
  const cases = reportCases();
  const ask = (pinned: boolean) =>
    askSecond(
      cases.map(({ bytes, logKey, against, environment }) => ({
        bytes: base64(bytes),
        logKeys: pinned ? [logKey] : [],
        ...(against === undefined ? {} : { against: base64(against) }),
        ...(environment === undefined ? {} : { environment }),
      })),
    );
  const [answers, unpinned] = await Promise.all([ask(true), ask(false)]);
  const printed = async (...args: readonly string[]) => {
    const ran = await machine.run('verify', file, '--json', ...args);
    const { verdict } = JSON.parse(ran.out) as { readonly verdict?: unknown };
    return [errorCode(ran) ?? verdict, ran.exit === 15] as const;
  };
  for (const [index, { name, bytes, logKey, expected, past = false, against, environment }] of cases.entries()) {
    writeFileSync(file, bytes);
    writeFileSync(evidence, against ?? '');
    const more = [
      ...(against === undefined ? [] : ['--against', evidence]),
      ...(environment === undefined ? [] : ['--environment', environment]),
    ];
    assert.deepEqual([outcome(answers[index]), answers[index]?.past ?? false], [expected, past], name);
    assert.deepEqual(await printed('--log-key', logKey, ...more), [expected, past && expected === 'pass'], name);
    const without = outcome(unpinned[index]);
    assert.deepEqual(
      await printed(...more),
      [without === 'unconfirmed' ? 'origin/not-confirmed' : without, false],
      name,
    );
  }
});
