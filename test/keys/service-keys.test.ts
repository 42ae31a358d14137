import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEMO_KEY_IDS } from '../../src/keys/demo-key-ids.ts';
import { KeyFileError, privateKeyPem, readPrivateKey } from '../../src/keys/key-file.ts';
import { openServiceKeys, SERVICE_KEY_NAMES, type ServiceKeyName, signingKey } from '../../src/keys/service-keys.ts';

const EXAMPLES = join(import.meta.dirname, '../../keys.example');
const PASSPHRASE = 'a passphrase for tests';
const scratch = mkdtempSync(join(tmpdir(), 'waybill-keys-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder with the named demo keys, as its README says to copy them. */
function copyDemoKeys(folder: string, names: readonly ServiceKeyName[]): string {
  const path = join(scratch, folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const name of names) {
    copyFileSync(join(EXAMPLES, `${name}.key`), join(path, `${name}.key`));
    chmodSync(join(path, `${name}.key`), 0o600);
  }
  return path;
}

test('the demo keys are the four whose ids are listed, and they serve in development', () => {
  const folder = copyDemoKeys('development', SERVICE_KEY_NAMES);
  const ids = SERVICE_KEY_NAMES.map(
    (name) => signingKey(readPrivateKey(join(folder, `${name}.key`), undefined)).signer,
  );
  assert.deepEqual(new Set(ids), DEMO_KEY_IDS);
  assert.equal(openServiceKeys(folder, undefined).image.signer, ids[SERVICE_KEY_NAMES.indexOf('image')]);
});

for (const name of SERVICE_KEY_NAMES) {
  test(`a demo ${name} key among other keys is refused where keys have a passphrase (KeyFileError)`, () => {
    const folder = join(scratch, `one-${name}`);
    openServiceKeys(folder, PASSPHRASE);
    copyDemoKeys(`one-${name}`, [name]);
    assert.throws(
      () => openServiceKeys(folder, PASSPHRASE),
      (error) => error instanceof KeyFileError && error.message.includes(`${name}.key`),
    );
  });
}

test('a demo key stays refused when it is encrypted (KeyFileError)', () => {
  const folder = join(scratch, 'encrypted');
  openServiceKeys(folder, PASSPHRASE);
  const demo = readPrivateKey(join(copyDemoKeys('source', ['log']), 'log.key'), undefined);
  writeFileSync(join(folder, 'log.key'), privateKeyPem(demo, PASSPHRASE), { mode: 0o600 });
  assert.throws(() => openServiceKeys(folder, PASSPHRASE), KeyFileError);
});

test('keys of development are refused where keys have a passphrase, until they are encrypted (KeyFileError)', () => {
  const folder = join(scratch, 'clear');
  const { signer } = openServiceKeys(folder, undefined).service;
  assert.throws(() => openServiceKeys(folder, PASSPHRASE), KeyFileError);
  for (const name of SERVICE_KEY_NAMES) {
    const path = join(folder, `${name}.key`);
    writeFileSync(path, privateKeyPem(readPrivateKey(path, undefined), PASSPHRASE), { mode: 0o600 });
  }
  assert.equal(openServiceKeys(folder, PASSPHRASE).service.signer, signer);
});

test('new keys are files of mode 0600, encrypted where there is a passphrase, and no demo keys', () => {
  const folder = join(scratch, 'new');
  const keys = openServiceKeys(folder, PASSPHRASE);
  for (const name of SERVICE_KEY_NAMES) {
    assert.equal(statSync(join(folder, `${name}.key`)).mode & 0o777, 0o600);
    assert(readFileSync(join(folder, `${name}.key`), 'utf8').startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----'));
  }
  for (const key of [keys.image, keys.service, keys.verdict]) assert(!DEMO_KEY_IDS.has(key.signer));
  assert.equal(openServiceKeys(folder, PASSPHRASE).service.signer, keys.service.signer);
});

test('a folder that lacks some keys, a key that others may read, and a wrong passphrase are refused (KeyFileError)', () => {
  const folder = join(scratch, 'refused');
  openServiceKeys(folder, PASSPHRASE);
  assert.throws(() => openServiceKeys(folder, 'another passphrase'), KeyFileError);
  assert.throws(() => openServiceKeys(folder, undefined), KeyFileError);
  chmodSync(join(folder, 'image.key'), 0o644);
  assert.throws(() => openServiceKeys(folder, PASSPHRASE), KeyFileError);
  rmSync(join(folder, 'image.key'));
  assert.throws(() => openServiceKeys(folder, PASSPHRASE), KeyFileError);
});
