import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { oldNode } from './old-node.ts';
import { copyRepository, installOffline, pack, run } from './packed.ts';
import { plant, repositoryRoot } from './scratch-repository.ts';

const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };

test('the packed program works outside the checkout', async (t) => {
  const folder = installOffline(t, pack(t));
  const launcher = path.join(folder, 'node_modules/waybill/bin/waybill.js');

  for (const [name, node] of [
    ['this Node', process.execPath],
    ['an older Node', oldNode],
  ] as const) {
    const skip = node === undefined ? 'NO OLDER NODE ON THIS MACHINE: the re-execution was not tried' : false;
    await t.test(`prints version and help on ${name}`, { skip }, () => {
      const printed = run(node ?? '', [launcher, '--version'], folder);
      assert.equal(printed.stdout, `${version}\n`, printed.stderr);
      const help = run(node ?? '', [launcher, '--help'], folder);
      assert.match(help.stdout, /^Usage: waybill /);
      assert.equal(help.status, 0, help.stderr);
    });
  }

  await t.test('answers the names of its own imports with the native backends', () => {
    const entry = path.join(folder, 'node_modules/waybill/dist/core/probe.js');
    plant(
      path.dirname(entry),
      'probe.js',
      "import { sha256 } from '#sha256';\nconsole.log(sha256(new Uint8Array())[0]);\n",
    );
    assert.equal(run(process.execPath, [entry], folder).stdout, '227\n');
  });

  await t.test('verifies large evidence in worker threads', () => {
    const entry = path.join(folder, 'node_modules/waybill/dist/workers/probe.js');
    const probe = [
      "import { EvidenceWorkerPool } from './evidence-workers.js';",
      'const pool = new EvidenceWorkerPool();',
      "const judged = await pool.judge(new TextEncoder().encode('{}'), { origin: 'o', logKeys: [], pins: [] }, '');",
      'console.log(judged.fault.code);',
      'await pool.close();',
      '',
    ];
    plant(path.dirname(entry), 'probe.js', probe.join('\n'));
    const probed = run(process.execPath, [entry], folder);
    assert.equal(probed.stdout, 'custody/malformed-evidence\n', probed.stderr);
  });

  await t.test('holds what the program needs and nothing of the workshop', () => {
    const files = readdirSync(path.join(folder, 'node_modules/waybill'), { recursive: true, encoding: 'utf8' });
    for (const file of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/waybill.js',
      'dist/main/cli.js',
      'dist/package.json',
    ]) {
      assert.ok(files.includes(file), `${file} is missing`);
    }
    for (const file of readdirSync(path.join(repositoryRoot, 'migrations'))) {
      assert.ok(files.includes(`migrations/${file}`), `migrations/${file} is missing`);
    }
    assert.deepEqual(
      files.filter((file) => /\.ts$|\.map$|\.tsbuildinfo$|(^|\/)(src|test|scripts)$/.test(file)),
      [],
    );
  });
});

test('browser programs are self-contained, and the same source gives the same bytes', (t) => {
  const program =
    "import { sha256 } from '#sha256';\n\nObject.assign(globalThis, { found: sha256(new Uint8Array())[0] });\n";
  const [first, second] = [copyRepository(t), copyRepository(t)].map((copy) => {
    plant(copy, 'src/web/planted-program.ts', program);
    const built = run(process.execPath, ['scripts/build-web.ts'], copy);
    assert.equal(built.status, 0, built.stderr);
    return readFileSync(path.join(copy, 'dist/web/planted-program.js'), 'utf8');
  });
  assert.equal(first, second);
  assert.doesNotMatch(first ?? '', /sourceMappingURL|node:|<\/script/);
  const context = createContext({ TextEncoder, TextDecoder });
  runInContext(first ?? '', context);
  assert.equal(context.found, 227);
});
