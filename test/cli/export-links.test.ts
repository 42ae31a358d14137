import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openPlainFile } from '../../src/cli/export/plain-file.ts';
import { openFileWriter, writePlainFile } from '../../src/cli/export/write-files.ts';
import { Stop } from '../../src/cli/stop.ts';
import { type MadeExport, makeExport, read, SEED } from './export-under-test.ts';
import { errorCode } from './run-cli.ts';

const KEPT = 'what somebody keeps elsewhere\n';

/** What can lie at a name in a folder that somebody prepared, and lead out of it; each with whether the file outside stays whole. */
const TRAPS: Readonly<Record<string, (path: string, outside: string) => void>> = {
  'a symbolic link': (path, outside) => symlinkSync(outside, path),
  'a symbolic link to nothing yet': (path, outside) => symlinkSync(`${outside}.new`, path),
  'a second name of a file': (path, outside) => linkSync(outside, path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
};

describe('an export into a folder that somebody else prepared', () => {
  let world: MadeExport;
  before(async () => {
    world = await makeExport();
  });
  after(() => world[Symbol.asyncDispose]());

  /** A folder where an export was begun, with what is to be gone on with; and a file outside. */
  const prepare = (trap: (folder: string, outside: string) => void) => {
    const home = mkdtempSync(join(world.online.home, 'prepared-'));
    const [folder, outside] = [join(home, 'q3'), join(home, 'outside')];
    mkdirSync(folder);
    writeFileSync(outside, KEPT);
    trap(folder, outside);
    return { folder, outside };
  };
  const goOn = (folder: string) => {
    const sample = ['--sample', '2', '--seed', SEED];
    return world.online.run('export', ...world.period, ...sample, '-o', folder, '--json');
  };

  for (const [kind, lay] of Object.entries(TRAPS)) {
    test(`writes nothing through ${kind}, and says so (5, cli/unusable-file)`, async () => {
      for (const name of ['entries.jsonl.partial', 'images.csv', 'trust.json', 'export.json.new', 'entries.jsonl']) {
        const { folder, outside } = prepare((path, kept) => {
          writeFileSync(join(path, 'entries.jsonl'), read(world.made, 'entries.jsonl'));
          rmSync(join(path, name), { force: true });
          lay(join(path, name), kept);
        });
        const ran = await goOn(folder);
        assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/unusable-file'], `${name}\n${ran.out}`);
        assert.equal(readFileSync(outside, 'utf8'), KEPT, name);
        assert.equal(existsSync(`${outside}.new`), false, name);
      }
    });
  }

  test('writes no sample through a link in the place of its folder, nor of one of its files (5, cli/unusable-file)', async () => {
    const elsewhere = mkdtempSync(join(world.online.home, 'elsewhere-'));
    const entries = read(world.made, 'entries.jsonl');
    const [file] = readdirSync(join(world.made, 'sample'));
    assert(file !== undefined);
    const asFolder = prepare((folder) => {
      writeFileSync(join(folder, 'entries.jsonl'), entries);
      symlinkSync(elsewhere, join(folder, 'sample'));
    });
    const asFile = prepare((folder, outside) => {
      writeFileSync(join(folder, 'entries.jsonl'), entries);
      mkdirSync(join(folder, 'sample'));
      symlinkSync(outside, join(folder, 'sample', file));
    });
    for (const { folder, outside } of [asFolder, asFile]) {
      const ran = await goOn(folder);
      assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/unusable-file'], ran.out);
      assert.equal(readFileSync(outside, 'utf8'), KEPT);
      assert.equal(existsSync(join(folder, 'export.json')), false);
    }
    assert.deepEqual(readdirSync(elsewhere), []);
  });

  test('writes nothing through a link that is laid while it is taken (5, cli/unusable-file)', async () => {
    for (const name of ['entries.jsonl.partial', 'images.csv']) {
      const { folder, outside } = prepare(() => undefined);
      const laying: typeof fetch = async (...asked) => {
        const path = join(folder, name);
        const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
        if (String(asked[0]).includes('/v1/exports') && !isThere) symlinkSync(outside, path);
        return await fetch(...asked);
      };
      const ran = await world.online.runWith(laying)('export', ...world.period, '-o', folder, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/unusable-file'], `${name}\n${ran.out}`);
      assert.equal(readFileSync(outside, 'utf8'), KEPT, name);
    }
  });

  test('follows the name of the folder itself, which whoever calls it chose', async () => {
    const { folder } = prepare(() => undefined);
    symlinkSync(folder, `${folder}-link`);
    const ran = await goOn(`${folder}-link`);
    assert.equal(ran.exit, 0, ran.out);
    assert.equal(read(folder, 'entries.jsonl'), read(world.made, 'entries.jsonl'));
  });
});

test('no file of an export is opened through what leads elsewhere (cli/unusable-file)', () => {
  for (const [kind, lay] of Object.entries(TRAPS)) {
    const home = mkdtempSync(join(tmpdir(), 'waybill-links-'));
    const [path, outside] = [join(home, 'images.csv'), join(home, 'outside')];
    writeFileSync(outside, KEPT);
    lay(path, outside);
    const refused = (error: unknown) => error instanceof Stop && error.complaint.code === 'cli/unusable-file';
    for (const access of ['write', 'append', 'change'] as const)
      assert.throws(() => openPlainFile(path, access), refused, `${kind}, ${access}`);
    assert.throws(() => openFileWriter(home).write('images.csv', 'x'), refused, kind);
    assert.throws(() => writePlainFile(path, new Uint8Array(1)), refused, kind);
    assert.equal(readFileSync(outside, 'utf8'), KEPT, kind);
    rmSync(home, { recursive: true });
  }
});
