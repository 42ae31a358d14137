import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { openMachine } from './run-cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const LAYOUT = join(ROOT, 'examples/image-layout');

describe('what the command line says to people', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const machineOf = () => openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });

  before(async () => {
    service = await openHttpService();
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('a list without an item says so, and prints no header alone', async () => {
    const machine = machineOf();
    const empty = {
      'run list': /^No runs\.$/,
      'waiver list': /^No waivers\.$/,
      releases: /^No releases\.$/,
      'contract list': /^No contracts, .* waybill contract init/,
    };
    for (const [command, says] of Object.entries(empty)) {
      const ran = await machine.run(...command.split(' '));
      assert.equal(ran.exit, 0, command);
      assert.match(ran.out.trimEnd(), says);
    }
    assert.deepEqual(JSON.parse((await machine.run('run', 'list', '--json')).out), { items: [] });
    const control = await machine.run('control', 'status');
    assert.match(control.out, /^in force:\nnone: changes of trust are the operator’s alone$/m);
    assert.match((await machine.run('principal', 'list')).out, /^PRINCIPAL .*\nbootstrap-admin /);
  });

  test('the remedy of the service is the hint, and names the command that helps', async () => {
    const machine = machineOf();
    const missing = {
      'contract show': 'contract list',
      'principal show': 'principal list',
      'token revoke': 'token list',
    };
    for (const [command, helps] of Object.entries(missing)) {
      const ran = await machine.run(...command.split(' '), 'nope');
      assert.equal(ran.exit, 3, command);
      assert.match(ran.err, new RegExp(`^hint: .*waybill ${helps}`, 'm'));
    }
  });

  test('a write names each file that it left', async () => {
    const machine = machineOf();
    const file = (name: string) => join(machine.home, name);
    const keep = ['--receipt', file('r.json'), '--tlog-proof', file('r.tlog'), '--bundle', file('b.json')];
    const { exit, out } = await machine.run('sign', LAYOUT, '-r', 'shop/api', ...keep);
    assert.equal(exit, 0);
    for (const name of ['r.json', 'r.tlog', 'b.json']) assert(out.includes(`  ${file(name)}\n`), name);
    // What is no evidence is told from what is, and what can be checked is named.
    for (const name of ['b.json', 'r.tlog']) {
      const ran = await machine.run('verify', file(name));
      assert.equal(ran.exit, 12, name);
      assert.match(ran.err, /custody\/malformed-evidence[\s\S]*^hint: .*receipts.*cosign verify --bundle/m, name);
    }
  });

  test('a proof of a list is kept by name, and its entries stand in columns', async () => {
    const machine = machineOf();
    const file = join(machine.home, 'p.json');
    for (const repository of ['shop/a', 'shop/long-name', 'shop/c']) {
      assert.equal((await machine.run('sign', LAYOUT, '-r', repository)).exit, 0);
    }
    const { exit, out, err } = await machine.run('prove', LAYOUT, '-o', file);
    assert.equal(exit, 0, err);
    assert.match(out + err, /^wrote .*p\.json$/m);
    const entries = out.split('\n').filter((line) => line.includes('image.signed'));
    assert(entries.length >= 3);
    assert.equal(new Set(entries.map((line) => line.indexOf('image.signed'))).size, 1, out);
  });

  test('a replay of a log without recorded verdicts says that there are none', async () => {
    const ran = await machineOf().run('replay', '--log-key', service.logKey);
    assert.equal(ran.exit, 0, ran.err);
    assert.match(ran.out, /^Nothing to judge again: no verdict was recorded there\.\n/);
  });
});

test('a key that no list has is refused, and not proved to be absent (2 cli/bad-argument)', async () => {
  const machine = openMachine({ WAYBILL_URL: 'http://127.0.0.1:1' });
  for (const key of ['nope', 'contracts:shop', 'img:x', 'signers']) {
    const ran = await machine.run('prove', key);
    assert.equal(ran.exit, 2, key);
    assert.match(ran.err, /cli\/bad-argument[\s\S]*hint: .*contract:….*trust/, key);
  }
});

test('a file that is not there is called that, in words (5 cli/unusable-file)', async () => {
  const machine = openMachine({ WAYBILL_URL: 'http://127.0.0.1:1', WAYBILL_TOKEN: 'wbt_x' });
  const missing = join(machine.home, 'missing.json');
  const ran = await machine.run('facts', missing);
  assert.doesNotMatch(ran.err, /ENOENT/);
  const attested = await machine.run('attest', `sha256:${'4f'.repeat(32)}`, missing, '-s', 'x', '-r', 'shop/api');
  assert.equal(attested.exit, 5);
  assert.match(attested.err, /missing\.json cannot be read: there is no such file or folder\. \(cli\/unusable-file\)/);
  writeFileSync(missing, 'x');
  const below = await machine.run(
    'attest',
    `sha256:${'4f'.repeat(32)}`,
    join(missing, 'x'),
    '-s',
    'x',
    '-r',
    'shop/api',
  );
  assert.match(below.err, /a part of the path is a file/);
});

test('licences are counted, and components without one are named only where there are some', async () => {
  const machine = openMachine();
  const sbom = (...licenses: readonly (string | undefined)[]) => {
    const file = join(machine.home, `${licenses.length}.cdx.json`);
    const components = licenses.map((id, at) => ({
      type: 'library',
      name: `lib-${at}`,
      version: '1.0.0',
      purl: `pkg:npm/lib-${at}@1.0.0`,
      ...(id === undefined ? {} : { licenses: [{ license: { id } }] }),
    }));
    writeFileSync(file, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components }));
    return file;
  };
  assert.match((await machine.run('facts', sbom('MIT'))).out, /^ {2}licences +1$/m);
  assert.match((await machine.run('facts', sbom('MIT', undefined))).out, /^ {2}licences +1; 1 component names none$/m);
});

test('the beginning of a signer id is refused, and where all of it is shown is said (2 cli/bad-argument)', async () => {
  const ran = await openMachine({ WAYBILL_URL: 'http://127.0.0.1:1' }).run('signer', 'show', '4893ae22e9f2');
  assert.equal(ran.exit, 2);
  assert.match(ran.err, /^hint: .*waybill signer list --json/m);
});
