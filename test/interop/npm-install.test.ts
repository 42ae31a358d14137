import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { oldNode } from '../repo/old-node.ts';
import { pack, run, scratchFolder } from '../repo/packed.ts';
import { plant, repositoryRoot } from '../repo/scratch-repository.ts';

// Asks the registry that npm is configured with; everything else about the package is tested without one.
test('npm installs the packed program into an empty project, where it runs', async (t) => {
  const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const tarball = pack(t);
  const project = scratchFolder(t);
  plant(project, 'package.json', '{ "name": "project", "private": true }');
  const installed = run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball],
    project,
  );
  assert.equal(installed.status, 0, installed.stdout + installed.stderr);

  const launcher = path.join(project, 'node_modules/.bin/waybill');
  for (const [name, node] of [
    ['this Node', process.execPath],
    ['an older Node', oldNode],
  ] as const) {
    const skip = node === undefined ? 'NO OLDER NODE ON THIS MACHINE: the re-execution was not tried' : false;
    await t.test(`runs on ${name}`, { skip }, () => {
      const printed = run(node ?? '', [launcher, '--version'], project);
      assert.equal(printed.stdout, `${version}\n`, printed.stderr);
    });
  }

  await t.test('runs through npx', () => {
    const printed = run('npx', ['--no-install', '--loglevel=error', 'waybill', '--version'], project);
    assert.equal(printed.stdout, `${version}\n`, printed.stderr);
  });
});
