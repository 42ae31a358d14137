import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const OLD = 'contract: shop\nrepositories: [shop/*]\nstages:\n  - {stage: test}\n  - {stage: scan, maxAge: 7d}\n';
const STRICTER = OLD.replace('7d', '5d');
const LOOSER = OLD.replace('7d', '14d').replace('{stage: test}', '{stage: test, assurance: pipeline}');
const SHORTER = 'contract: shop\nrepositories: [shop/*]\nstages:\n  - stage: scan\n    maxAge: 7d\n';

describe('waybill contract diff', () => {
  const machine = openMachine();
  const write = (name: string, text: string) => {
    const file = join(machine.home, name);
    writeFileSync(file, text);
    return file;
  };
  const [old, stricter, looser, shorter] = [
    write('old.yaml', OLD),
    write('stricter.yaml', STRICTER),
    write('looser.yaml', LOOSER),
    write('shorter.yaml', SHORTER),
  ];

  test('of two files needs no service, and tells by its exit code whether something got looser', async () => {
    assert.equal((await machine.run('contract', 'diff', old, old)).exit, 0);
    assert.equal((await machine.run('contract', 'diff', old, stricter)).exit, 0);
    for (const file of [looser, shorter])
      assert.equal((await machine.run('contract', 'diff', old, file)).exit, 18, file);
    const json = await machine.run('contract', 'diff', old, looser, '--json');
    assert.deepEqual(JSON.parse(json.out), {
      before: old,
      after: looser,
      loosened: true,
      changes: [
        { direction: 'tightened', member: 'assurance', stage: 'test', after: 'pipeline' },
        { direction: 'loosened', member: 'maxAge', stage: 'scan', before: '7d', after: '14d' },
      ],
    });
  });

  test('says what got looser first, and loud', async () => {
    const { out } = await machine.run('contract', 'diff', old, looser);
    const places = ['LOOSENED', 'stage scan, maxAge: 7d → 14d', 'tightened', 'stage test, assurance: added pipeline'];
    const found = places.map((text) => out.indexOf(text));
    assert(
      found.every((place, index) => place > (found[index - 1] ?? 0)),
      out,
    );
    const dropped = await machine.run('contract', 'diff', old, shorter);
    assert.match(dropped.out, /LOOSENED.*\n {2}stage test: dropped/);
    assert.match((await machine.run('contract', 'diff', old, old)).out, /ask for the same/);
  });

  test('shows both expressions of a rule that changed, and calls it either way', async () => {
    const rule = (text: string) =>
      `contract: a\nrepositories: [a]\nstages: []\nrules:\n  - {rule: r, expression: '${text}'}\n`;
    const ran = await machine.run(
      'contract',
      'diff',
      write('a.yaml', rule('facts.tests.failed == 0')),
      write('b.yaml', rule('facts.tests.failed < 3')),
    );
    assert.equal(ran.exit, 18);
    assert.match(
      ran.out,
      /EITHER WAY.*\n {2}rule r:\n {4}- facts\.tests\.failed == 0\n {4}\+ facts\.tests\.failed < 3/,
    );
  });

  test('refuses a file that is none, with its line (5 contract/malformed), and a name without a service (2 cli/no-service)', async () => {
    const broken = write(
      'broken.yaml',
      'contract: shop\nrepositories: [shop/*]\nstages:\n  - {stage: a, count: some}\n',
    );
    const ran = await machine.run('contract', 'diff', old, broken, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [5, 'contract/malformed']);
    assert.match(ran.out, /broken\.yaml:4:/);
    const missing = await machine.run('contract', 'diff', 'missing.yaml', old, '--json');
    assert.deepEqual([missing.exit, errorCode(missing)], [5, 'cli/unusable-file']);
    const unserved = await machine.run('contract', 'diff', 'shop@1', old, '--json');
    assert.deepEqual([unserved.exit, errorCode(unserved)], [2, 'cli/no-service']);
  });

  describe('of published versions', () => {
    let service: Awaited<ReturnType<typeof openHttpService>>;
    before(async () => {
      service = await openHttpService();
    });
    after(async () => service?.[Symbol.asyncDispose]());

    test('takes each from the service, also one that was replaced', async () => {
      const { url, token, logKey } = service;
      const served = openMachine({ WAYBILL_URL: url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: logKey });
      for (const file of [old, looser]) {
        const published = await served.run('contract', 'publish', file);
        assert.equal(published.exit, 0, published.err);
      }
      const versions = await served.run('contract', 'diff', 'shop@1', 'shop@2', '--json');
      assert.equal(versions.exit, 18, versions.err);
      const direct = await machine.run('contract', 'diff', old, looser, '--json');
      assert.deepEqual(JSON.parse(versions.out).changes, JSON.parse(direct.out).changes);
      assert.deepEqual(JSON.parse(versions.out).after, 'shop, version 2');
      assert.equal((await served.run('contract', 'diff', 'shop', looser)).exit, 0);
      assert.equal((await served.run('contract', 'diff', 'shop', old)).exit, 18);
      assert.match((await served.run('contract', 'show', 'shop@1')).out, /maxAge: 7d/);
      const unknown = await served.run('contract', 'diff', 'shop@3', old, '--json');
      assert.deepEqual([unknown.exit, errorCode(unknown)], [3, 'contract/unknown']);
      await served.run('contract', 'withdraw', 'shop');
      assert.equal((await served.run('contract', 'diff', 'shop@1', 'shop@1')).exit, 0);
    });
  });
});
