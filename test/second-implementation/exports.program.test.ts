import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type MadeExport, makeExport, SEED } from '../cli/export-under-test.ts';
import { KNOWN_PROGRAM } from '../cli/run-cli.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askBoth, type FolderSaid, filesOf, remakeManifest } from './export-folders.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const PROGRAM = createHash('sha256').update(KNOWN_PROGRAM).digest('hex');
const CONTRACT = 'contract: bank\nrepositories: [bank/*]\nstages:\n  - stage: sbom\n';

/** How many bits are flipped, in one file after the other. */
const FLIPPED = 60;

type Change = (folder: string) => void;

describe('the folder of an export, read by two implementations', { skip }, () => {
  let world: MadeExport;
  /** An export of everything, of which everything was drawn. */
  let whole: string;
  let later: string;

  before(async () => {
    world = await makeExport();
    const ok = async (...args: readonly string[]) => {
      const ran = await world.online.run(...args);
      assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    };
    const [examples, home] = [join(import.meta.dirname, '../../examples'), world.online.home];
    const image = ['bank/api', world.digest].join('@');
    writeFileSync(join(home, 'bank.yaml'), CONTRACT);
    await ok('sign', join(examples, 'image-layout'), '-r', 'bank/api');
    await ok('attest', image, '-s', 'sbom', join(examples, 'sbom.cdx.json'));
    await ok('contract', 'publish', join(home, 'bank.yaml'));
    await ok('release', image, '--environment', 'production');
    await ok('retire', image, '--environment', 'production');
    whole = join(home, 'everything');
    await ok('export', ...(await everything()), '-o', whole, '--sample', '100', '--seed', SEED);
    later = join(home, 'later');
    await ok('principal', 'grant', 'audit', '--role', 'auditor');
    await ok('export', '--from', '3', '--to', '12', '-o', later, '--sample', '1', '--seed', SEED);
  });
  after(() => world[Symbol.asyncDispose]());

  async function everything() {
    const { size } = (await world.service.under.context.store.head()).frontier;
    return ['--from', '0', '--to', String(size)];
  }

  function copy(of: string, change: Change = () => undefined): string {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-export-'));
    cpSync(of, folder, { recursive: true });
    change(folder);
    return folder;
  }

  async function agreed(folders: readonly string[], names: readonly string[]): Promise<readonly FolderSaid[]> {
    const said = await askBoth(folders, world.service.logKey, PROGRAM);
    for (const [index, [first, second]] of said.entries()) assert.deepEqual(second, first, names[index]);
    return said.map(([first]) => first);
  }

  test('what holds holds, with the same tables and the same findings on what was drawn', async () => {
    const [all, part] = await agreed([whole, later], ['everything', 'a part']);
    assert((all?.sample?.length ?? 0) > 15 && all?.ended === true, JSON.stringify(all));
    assert(all.sample?.includes('releases 31 pass') || all.sample?.some((one) => /^releases \d+ /.test(one)));
    assert.equal(part?.fault, undefined);
  });

  test('a file that is missing, empty, longer, cut, or another one, both refuse, though the manifest was made to fit', async () => {
    const files = filesOf(later);
    assert(files.length > 20, files.join());
    const changes = (name: string, other: string): readonly (readonly [how: string, change: Change])[] => [
      ['empty', (folder) => truncateSync(join(folder, name), 0)],
      ['longer', (folder) => appendFileSync(join(folder, name), ' ')],
      ['cut', (folder) => writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(0, -1))],
      [`that of ${other}`, (folder) => cpSync(join(folder, other), join(folder, name))],
    ];
    const cases = files.flatMap((name, index): (readonly [string, Change])[] => {
      const all = changes(name, files[(index + 1) % files.length] ?? '');
      // Each file is changed in one way, and the files of the sample in each.
      return [
        [`${name} missing`, (folder) => rmSync(join(folder, name))],
        ...all
          .filter((_, place) => name.startsWith('sample/') || place === index % all.length)
          .map(([how, change]): readonly [string, Change] => [
            `${name} ${how}`,
            (folder) => {
              change(folder);
              if (name !== 'export.json') remakeManifest(folder);
            },
          ]),
      ];
    });
    const said = await agreed(
      cases.map(([, change]) => copy(later, change)),
      cases.map(([name]) => name),
    );
    // Of a page the evidence counts, whatever stands around it; two items about one image have the same.
    for (const [index, { fault }] of said.entries())
      assert.equal(
        fault === undefined,
        /html (?:longer|cut|that of sample.*html)$/.test(cases[index]?.[0] ?? ''),
        cases[index]?.[0],
      );
    const codes = new Set(said.map(({ fault }) => fault));
    for (const code of ['export/file-missing', 'export/file-differs', 'export/not-ended', 'completeness/malformed'])
      assert(codes.has(code), `${code}: ${[...codes].join()}`);
  });

  test('what another item, or another list, rests on is not what was asked (export/sample-differs)', async () => {
    const proofs = filesOf(whole).filter((name) => name.endsWith('.completeness.json'));
    const folders = proofs.map((name, index) =>
      copy(whole, (folder) => {
        cpSync(join(whole, proofs[(index + 5) % proofs.length] ?? ''), join(folder, name));
        remakeManifest(folder);
      }),
    );
    const said = await agreed(folders, proofs);
    const differ = said.filter(({ fault }) => fault === 'export/sample-differs');
    assert(differ.length > proofs.length / 2, JSON.stringify(said));
  });

  test('a bit that was flipped, both find, or neither does, though the manifest was made to fit', async () => {
    const random = seededRandom(57);
    const files = filesOf(later);
    const names: string[] = [];
    const folders = Array.from({ length: FLIPPED }, (_, index) => {
      const name = files[index % files.length] ?? '';
      const remade = random() < 0.6 && name !== 'export.json';
      return copy(later, (folder) => {
        const bytes = readFileSync(join(folder, name));
        const at = Math.floor(random() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        writeFileSync(join(folder, name), bytes);
        if (remade) remakeManifest(folder);
        names.push(`${name} at ${at}${remade ? ', remade' : ''}`);
      });
    });
    const said = await agreed(folders, names);
    for (const [index, { fault, sample }] of said.entries()) {
      // What no log key signed, and what nothing follows from, is found by the files of the sample alone.
      if (fault === undefined)
        assert(
          sample?.some((one) => / (?:fail|refused)$/.test(one)),
          names[index],
        );
    }
  });
});
