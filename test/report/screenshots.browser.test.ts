import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { BROWSER_TEST, withBrowser } from './offline-page.ts';
import { PICTURES, takePictures } from './pictures.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/images');
const BYTES_MAX = 300_000;

it('the pictures of the guides are taken by a script, twice the same, and small', BROWSER_TEST, (t) =>
  withBrowser(t, async (browser, programs) => {
    const [first, second] = ['first', 'second'].map((name) => path.join(programs.folder, name));
    assert(first !== undefined && second !== undefined);
    for (const folder of [first, second]) mkdirSync(folder);
    for (const taken of await takePictures(browser, programs, first)) {
      const { size } = statSync(taken);
      assert(size < BYTES_MAX, `${taken}: ${size} bytes`);
    }
    for (const taken of await takePictures(browser, programs, second, PICTURES.slice(0, 3)))
      assert(readFileSync(taken).equals(readFileSync(path.join(first, path.basename(taken)))), taken);
  }),
);

it('the folder of pictures holds the reports that the script takes, each small', () => {
  const names = readdirSync(FOLDER).filter((name) => name.startsWith('report-'));
  assert.deepEqual(names.sort(), PICTURES.map(({ name }) => `${name}.png`).sort());
  for (const name of names) assert(statSync(path.join(FOLDER, name)).size < BYTES_MAX, name);
});
