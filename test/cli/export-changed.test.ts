import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type MadeExport, makeExport, read, SEED } from './export-under-test.ts';
import { errorCode } from './run-cli.ts';

type Change = (folder: string) => void;
type Case = readonly [name: string, code: string, change: Change];

/** Changes the text of a file. */
const replaced =
  (name: string, from: string | RegExp, to: string): Change =>
  (folder) => {
    const text = read(folder, name);
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${name} has ${from}`);
    writeFileSync(join(folder, name), changed);
  };

/** Changes the lines of the entries. */
const lines =
  (change: (lines: string[]) => void): Change =>
  (folder) => {
    const all = read(folder, 'entries.jsonl').split('\n');
    change(all);
    writeFileSync(join(folder, 'entries.jsonl'), all.join('\n'));
  };

/** Has the manifest name every file as it lies there now, as a forger would. */
function remake(folder: string): void {
  const manifest = JSON.parse(read(folder, 'export.json'));
  for (const file of manifest.files) {
    const bytes = readFileSync(join(folder, file.name));
    file.size = bytes.length;
    file.sha256 = createHash('sha256').update(bytes).digest('hex');
  }
  writeFileSync(join(folder, 'export.json'), `${JSON.stringify(manifest)}\n`);
}

describe('an export that was changed', () => {
  let world: MadeExport;
  let pages: readonly string[];
  let proofs: readonly string[];
  before(async () => {
    world = await makeExport();
    const files = readdirSync(join(world.made, 'sample')).map((name) => `sample/${name}`);
    pages = files.filter((name) => name.endsWith('.html'));
    proofs = files.filter((name) => name.endsWith('.json'));
    assert(pages.length > 0 && proofs.length > 1);
  });
  after(() => world[Symbol.asyncDispose]());

  async function refuse(cases: readonly Case[], place: string): Promise<void> {
    for (const [index, [name, code, change]] of cases.entries()) {
      const ran = await world.verify(world.copy(`${place}-${index}`, change));
      assert.deepEqual([ran.exit, errorCode(ran)], [12, code], name);
    }
  }

  test('is refused whichever part of it was changed (12)', async () => {
    const [page = '', proof = ''] = [pages[0], proofs[0]];
    const cases: readonly Case[] = [
      ['an entry withheld', 'period/not-contiguous', lines((all) => void all.splice(3, 1))],
      [
        'two entries swapped',
        'period/not-contiguous',
        lines((all) => void all.splice(3, 2, all[4] ?? '', all[3] ?? '')),
      ],
      ['the tail cut off', 'export/not-ended', lines((all) => void all.splice(-2, 1))],
      ['half a line', 'export/not-ended', (folder) => truncateSync(join(folder, 'entries.jsonl'), 3_000)],
      ['more after the end', 'export/malformed', (folder) => appendFileSync(join(folder, 'entries.jsonl'), '{}\n')],
      ['a cell', 'export/file-differs', replaced('images.csv', 'shop/api', 'shop/apj')],
      ['a row withheld', 'export/file-differs', (folder) => writeFileSync(join(folder, 'images.json'), '[\n]\n')],
      ['a control', 'export/file-differs', replaced('controls.csv', 'SSDF', 'ISO')],
      ['what was drawn', 'export/file-differs', replaced('sample.csv', /images,/, 'runs,')],
      ['a table missing', 'export/file-missing', (folder) => rmSync(join(folder, 'waivers.csv'))],
      ['the entries missing', 'export/file-missing', (folder) => rmSync(join(folder, 'entries.jsonl'))],
      ['a count', 'export/file-differs', replaced('export.json', '"image.signed":1', '"image.signed":2')],
      ['another seed', 'export/file-differs', replaced('export.json', SEED, 'b draw')],
      ['a manifest that is none', 'export/malformed', (folder) => writeFileSync(join(folder, 'export.json'), '{}\n')],
      ['a report', 'export/file-differs', (folder) => appendFileSync(join(folder, page), ' ')],
      ['a report missing', 'export/file-missing', (folder) => rmSync(join(folder, page))],
      ['a proof', 'export/file-differs', (folder) => appendFileSync(join(folder, proof), ' ')],
      ['no manifest, and a table beside it', 'export/file-missing', (folder) => rmSync(join(folder, 'export.json'))],
    ];
    await refuse(cases, 'changed');
  });

  test('is refused where a part of it is no plain file, before it is opened (12, export/file-missing)', async () => {
    const [page = ''] = pages;
    const exchanged =
      (name: string, put: (path: string) => void): Change =>
      (folder) => {
        rmSync(join(folder, name));
        put(join(folder, name));
      };
    // A pipe that nobody writes to, and a device that does not end, would hold whoever opens them for ever.
    const pipe = (path: string) => void execFileSync('mkfifo', [path]);
    const device = (path: string) => symlinkSync('/dev/zero', path);
    const link = (name: string) => (path: string) => symlinkSync(join(world.made, name), path);
    const cases = ['entries.jsonl', 'export.json', 'images.csv', page].flatMap((name): Case[] => [
      [`${name} as a pipe`, 'export/file-missing', exchanged(name, pipe)],
      [`${name} as a device`, 'export/file-missing', exchanged(name, device)],
      [`${name} as a link`, 'export/file-missing', exchanged(name, link(name))],
    ]);
    await refuse(cases, 'special');
    // One without a byte on the disk, and far more than memory.
    const huge =
      (name: string): Change =>
      (folder) =>
        truncateSync(join(folder, name), 2 ** 40);
    await refuse(
      [page, 'images.csv'].map((name): Case => [name, 'export/file-differs', huge(name)]),
      'huge',
    );
  });

  test('is refused though its manifest was made to fit (12)', async () => {
    const [page = '', proof = '', other = ''] = [pages[0], proofs[0], proofs[1]];
    const remade =
      (change: Change): Change =>
      (folder) => {
        change(folder);
        remake(folder);
      };
    const swapped: Change = (folder) => {
      renameSync(join(folder, proof), join(folder, 'aside'));
      renameSync(join(folder, other), join(folder, proof));
      renameSync(join(folder, 'aside'), join(folder, other));
    };
    const cases: readonly Case[] = [
      ['a cell', 'export/file-differs', remade(replaced('images.csv', 'shop/api', 'shop/apj'))],
      ['a proof of another list', 'export/sample-differs', remade(swapped)],
      [
        'a list from before the end of the period',
        'export/sample-differs',
        remade((folder) => {
          const drawn = JSON.parse(read(folder, 'sample.json')) as { table: string; file: string }[];
          const run = drawn.find(({ table }) => table === 'runs');
          copyFileSync(world.early, join(folder, run?.file ?? ''));
        }),
      ],
      ['a report that is none', 'report/no-evidence', remade((folder) => writeFileSync(join(folder, page), '<html>'))],
    ];
    await refuse(cases, 'remade');
    // The same report of another state: that of the newest checkpoint, as it would be asked for today.
    const html = await world.online.run(
      'report',
      world.digest,
      '-r',
      'shop/api',
      '-o',
      join(world.online.home, 'now.html'),
    );
    assert.equal(html.exit, 0, html.err);
    const today = remade((folder) => writeFileSync(join(folder, page), read(world.online.home, 'now.html')));
    await refuse([['a report of another state', 'export/sample-differs', today]], 'today');
  });
});
