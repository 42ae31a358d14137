import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';

test('replicas that were given one folder do not break each other’s writes, nor take the anchor back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-anchor-'));
  try {
    const path = join(folder, 'anchor.json');
    const [ahead, behind] = [openAnchorFile(path), openAnchorFile(path)];
    const anchor = (size: number) => ({
      origin: 'waybill-0000000000000000',
      size,
      root: new Uint8Array(32).fill(size),
    });
    const sizes = Array.from({ length: 40 }, (_, index) => index + 1);
    await Promise.all([
      ...sizes.map((size) => ahead.write(anchor(size + 100))),
      ...sizes.map((size) => behind.write(anchor(size))),
    ]);
    await behind.write(anchor(41));
    assert.equal((await behind.read())?.size, 140);
    assert.deepEqual(readdirSync(folder), ['anchor.json']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
