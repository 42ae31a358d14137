import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { CLI_FAULT_CODES } from '../../src/cli/stop.ts';
import { CLIENT_FAULT_CODES } from '../../src/client/client-error.ts';
import { errorCode, openMachine } from './run-cli.ts';

const DIGEST = `sha256:${'4f'.repeat(32)}`;

test('prints the help and ends with 0', async () => {
  const { exit, out } = await openMachine().run('--help');
  assert.equal(exit, 0);
  for (const command of [
    'sign',
    'attest',
    'verify',
    'gate',
    'report',
    'contract',
    'signer',
    'principal',
    'token',
    'keys',
  ]) {
    assert.match(out, new RegExp(`^ {2}${command}\\b`, 'm'), command);
  }
});

test('every command and subcommand has a help text with a description', async () => {
  const machine = openMachine();
  const commands = [
    ...['sign', 'attest', 'verify', 'gate', 'report', 'keys new', 'keys show'],
    ...[
      'contract init',
      'contract lint',
      'contract schema',
      'contract diff',
      'contract plan',
      'contract test',
      'contract publish',
      'contract list',
      'contract show',
      'contract withdraw',
    ],
    ...['signer register', 'signer list', 'signer show', 'signer revoke'],
    ...['principal grant', 'principal list', 'principal show', 'principal revoke'],
    ...['token create', 'token list', 'token revoke'],
  ];
  for (const command of commands) {
    const { exit, out } = await machine.run(...command.split(' '), '--help');
    assert.equal(exit, 0, command);
    assert.ok(out.startsWith(`Usage: waybill ${command}`), command);
    assert.match(out, /\n\n\S[\s\S]{10,}\n\nArguments:|\n\n\S[\s\S]{10,}\n\nOptions:/, command);
  }
});

test('suggests the command that was meant (exit 2)', async () => {
  const { exit, err } = await openMachine().run('sgin');
  assert.equal(exit, 2);
  assert.match(err, /sign/);
});

test('takes an unknown command for an error when --help follows, too (exit 2)', async () => {
  const machine = openMachine();
  for (const line of ['entry --help', 'help entry', 'sgin --help', 'token crate --help', '-h token crate']) {
    const ran = await machine.run(...line.split(' '));
    assert.equal(ran.exit, 2, line);
    assert.equal(ran.out, '', line);
    assert.match(ran.err, /--help lists/, line);
  }
  assert.match((await machine.run('sgin', '--help')).err, /Did you mean sign\?/);
  assert.match((await machine.run('token', 'crate', '-h')).err, /Did you mean create\?/);
  assert.equal(errorCode(await machine.run('entry', '--help', '--json')), 'cli/usage');
  for (const line of ['help sign', 'help token', 'token help create', 'token create --help', 'token --help']) {
    assert.equal((await machine.run(...line.split(' '))).exit, 0, line);
  }
});

test('says what is wrong with the command line as JSON too (cli/usage)', async () => {
  const ran = await openMachine().run('sign', '--json');
  assert.equal(ran.exit, 2);
  assert.equal(errorCode(ran), 'cli/usage');
});

test('refuses a command without a service (cli/no-service)', async () => {
  const ran = await openMachine().run('gate', DIGEST, '--json');
  assert.equal(ran.exit, 2);
  assert.equal(errorCode(ran), 'cli/no-service');
});

test('refuses an address with a password in it (client/bad-url)', async () => {
  const ran = await openMachine({ WAYBILL_URL: 'http://admin:secret@127.0.0.1:1' }).run('gate', DIGEST, '--json');
  assert.equal(errorCode(ran), 'client/bad-url');
  assert.doesNotMatch(ran.out + ran.err, /secret/);
});

test('refuses an address without http:// and says what it should be (2 client/bad-url)', async () => {
  for (const url of ['localhost:8420', '127.0.0.1:8420', 'waybill.example']) {
    const ran = await openMachine({ WAYBILL_URL: url }).run('gate', DIGEST, '--json');
    assert.equal(ran.exit, 2, url);
    assert.equal(errorCode(ran), 'client/bad-url', url);
    assert.ok(ran.out.includes(`http://${url}`), url);
  }
  const given = await openMachine().run('gate', DIGEST, '--url', 'ftp://example.com', '--json');
  assert.equal(given.exit, 2);
  assert.equal(errorCode(given), 'client/bad-url');
  const secret = await openMachine({ WAYBILL_URL: 'admin:secret@localhost:1' }).run('gate', DIGEST, '--json');
  assert.equal(secret.exit, 2);
  assert.doesNotMatch(secret.out + secret.err, /secret/);
});

test('refuses what is neither a digest nor a file (cli/bad-argument)', async () => {
  const machine = openMachine({ WAYBILL_URL: 'http://127.0.0.1:1' });
  for (const text of ['latest', 'sha256:abc', DIGEST.toUpperCase(), `Shop@${DIGEST}`]) {
    const ran = await machine.run('gate', text, '--json');
    assert.equal(ran.exit, 2, text);
    assert.equal(errorCode(ran), 'cli/bad-argument', text);
  }
});

test('refuses a log key that is none (log-key/malformed)', async () => {
  const machine = openMachine({ WAYBILL_URL: 'http://127.0.0.1:1' });
  const ran = await machine.run('gate', DIGEST, '--log-key', 'waybill+00000000+AAAA', '--json');
  assert.equal(ran.exit, 2);
  assert.equal(errorCode(ran), 'log-key/malformed');
});

test('refuses a token that would break the header, and does not print it (cli/no-token)', async () => {
  const machine = openMachine({ WAYBILL_URL: 'http://127.0.0.1:1', WAYBILL_TOKEN: 'wbt_geheim\r\nX-Evil: 1' });
  const ran = await machine.run('gate', DIGEST, '--json');
  assert.equal(errorCode(ran), 'cli/no-token');
  assert.doesNotMatch(ran.out + ran.err, /geheim/);
});

test('makes a key of mode 0600 once, and never writes over it (key/unusable)', async () => {
  const machine = openMachine();
  const file = join(machine.home, 'ci.key');
  const made = await machine.run('keys', 'new', file, '--json');
  assert.equal(made.exit, 0);
  const { signer } = JSON.parse(made.out) as { signer: string };
  assert.match(signer, /^[0-9a-f]{64}$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await machine.run('keys', 'new', file, '--json');
  assert.equal(again.exit, 5);
  assert.equal(errorCode(again), 'key/unusable');
  const shown = await machine.run('keys', 'show', file, '--json');
  assert.equal((JSON.parse(shown.out) as { signer: string }).signer, signer);
});

test('encrypts a key under a passphrase, and does not open it without (key/unusable)', async () => {
  const machine = openMachine();
  const file = join(machine.home, 'ci.key');
  const passphrase = join(machine.home, 'passphrase');
  writeFileSync(passphrase, 'correct horse\n');
  const made = await machine.run(
    'keys',
    'new',
    file,
    '--type',
    'ecdsa-p256',
    '--passphrase-file',
    passphrase,
    '--json',
  );
  assert.equal(made.exit, 0);
  assert.equal(errorCode(await machine.run('keys', 'show', file, '--json')), 'key/unusable');
  const shown = await machine.run('keys', 'show', file, '--passphrase-file', passphrase, '--json');
  assert.equal((JSON.parse(shown.out) as { algorithm: string }).algorithm, 'ecdsa-p256');
});

test('the guides name every exit code and every code of the command line', () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, '../../docs/guides', name), 'utf8');
  const [guide, operators] = [read('pipeline.md'), read('operator.md')];
  for (const code of [...CLI_FAULT_CODES, ...CLIENT_FAULT_CODES]) {
    assert.ok((code.startsWith('resume/') ? operators : guide).includes(`\`${code}\``), code);
  }
  for (const code of Object.values(EXIT)) assert.match(guide, new RegExp(`^\\| ${code} \\|`, 'm'), String(code));
});
