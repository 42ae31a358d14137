import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLocalFile } from '../../src/cli/local-file.ts';
import { Stop } from '../../src/cli/stop.ts';

const MODULE = new URL('../../src/cli/local-file.ts', import.meta.url).href;

test('a file, a device and standard input are read up to the bound, and refused beyond it (cli/unusable-file)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-files-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, 'x'.repeat(300_000));
    assert.equal(readLocalFile(file, 300_000).length, 300_000);
    for (const [path, bytesMax] of [
      [file, 299_999],
      ['/dev/zero', 1_000_000],
    ] as const)
      assert.throws(
        () => readLocalFile(path, bytesMax),
        (error) => error instanceof Stop && error.complaint.code === 'cli/unusable-file',
        path,
      );
    assert.equal(readLocalFile('/dev/null', 10).length, 0);
    const program = `process.stdout.write(String(readLocalFile('-', Number(process.argv[1])).length))`;
    const reading = (bytesMax: number) =>
      spawnSync(
        process.execPath,
        ['--input-type=module', '-e', `import { readLocalFile } from '${MODULE}'; ${program}`, String(bytesMax)],
        { input: 'x'.repeat(300_000), encoding: 'utf8' },
      );
    assert.equal(reading(300_000).stdout, '300000');
    assert.match(reading(299_999).stderr, /cli\/unusable-file|Standard input has more, over 299999/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
