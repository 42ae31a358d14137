import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { ANCHOR_FILE_BYTES, formatSlot, parseAnchorFile, SLOT_BYTES } from '../../src/keys/anchor-format.ts';
import type { Anchor } from '../../src/service/ports.ts';
import { assertRefused } from '../harness/embedded-folder.ts';

const cluster = { systemIdentifier: '7391234567890123456', timeline: '00000001' };
const anchorAt = (size: number): Anchor => ({
  origin: 'waybill-0000000000000000',
  size,
  root: new Uint8Array(32).fill(size % 256),
  cluster,
});

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-anchor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of a file after anchors of these sizes were written. */
async function fileAfter(folder: string, ...sizes: readonly number[]): Promise<Buffer> {
  const path = join(folder, 'anchor.json');
  rmSync(path, { force: true });
  const file = openAnchorFile(path);
  for (const size of sizes) await file.write(anchorAt(size));
  await file.close();
  return readFileSync(path);
}

test('an anchor is read back as it was written, with its cluster, through slots that are written in turn', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'state', 'anchor.json');
  const file = openAnchorFile(path);
  assert.equal(await file.read(), undefined);
  for (let size = 1; size <= 6; size += 1) {
    await file.write(anchorAt(size));
    assert.deepEqual(await file.read(), anchorAt(size));
    assert.equal(readFileSync(path).length, ANCHOR_FILE_BYTES);
  }
  await file.close();
  assert.deepEqual(readdirSync(join(folder, 'state')), ['anchor.json']);
  const later = openAnchorFile(path);
  await later.write({ ...anchorAt(6), cluster: { ...cluster, timeline: '00000002' } });
  assert.equal((await later.read())?.cluster?.timeline, '00000002');
  await later.close();
});

test('a write that was cut anywhere leaves the anchor before it or the one that it wrote', async (t) => {
  const folder = makeFolder(t);
  const before = await fileAfter(folder, 3, 4);
  const after = await fileAfter(folder, 3, 4, 5);
  assert.deepEqual([parseAnchorFile(before)?.anchor.size, parseAnchorFile(after)?.anchor.size], [4, 5]);
  const first = before.findIndex((byte, index) => byte !== after[index]);
  for (let cut = 0; cut <= SLOT_BYTES; cut += 1) {
    const start = first < SLOT_BYTES ? 0 : SLOT_BYTES;
    const torn = Buffer.from(before);
    after.copy(torn, start, start, start + cut);
    const read = parseAnchorFile(torn);
    assert(read !== undefined && (read.anchor.size === 4 || read.anchor.size === 5), `cut at ${cut}`);
  }
});

test('whatever 512-byte sectors of a write reached the disk, the anchor is the old one or the new one', async (t) => {
  const folder = makeFolder(t);
  const before = await fileAfter(folder, 8, 9);
  const after = await fileAfter(folder, 8, 9, 10);
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }), (reached) => {
      const torn = Buffer.from(before);
      for (const [sector, there] of reached.entries())
        if (there) after.copy(torn, sector * 512, sector * 512, (sector + 1) * 512);
      const size = parseAnchorFile(torn)?.anchor.size;
      assert(size === 9 || size === 10);
    }),
  );
});

test('a file with any bit flipped, or cut short, is an anchor that was written or anchor/malformed, never none', async (t) => {
  const folder = makeFolder(t);
  const whole = await fileAfter(folder, 20, 21);
  const written = [anchorAt(20), anchorAt(21)];
  const check = (bytes: Uint8Array) => {
    const read = parseAnchorFile(bytes)?.anchor;
    if (read !== undefined) assert(written.some((anchor) => JSON.stringify(anchor) === JSON.stringify(read)));
  };
  for (let bit = 0; bit < whole.length * 8; bit += 7) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    check(flipped);
  }
  for (let length = 0; length < whole.length; length += 61)
    assert.equal(parseAnchorFile(whole.subarray(0, length)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2 * ANCHOR_FILE_BYTES }), (noise) => check(noise)));
  const path = join(folder, 'anchor.json');
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(ANCHOR_FILE_BYTES), whole.subarray(0, SLOT_BYTES)]) {
    writeFileSync(path, bytes);
    await assertRefused(openAnchorFile(path).read(), 'anchor/malformed');
    await assertRefused(openAnchorFile(path).write(anchorAt(22)), 'anchor/malformed');
  }
});

test('a slot that is damaged is the next one to be written', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'anchor.json');
  for (const slot of [0, 1]) {
    await fileAfter(folder, 30, 31);
    const descriptor = openSync(path, 'r+');
    writeSync(descriptor, 'x', slot * SLOT_BYTES + 40);
    closeSync(descriptor);
    const file = openAnchorFile(path);
    const left = (await file.read())?.size;
    assert(left === 30 || left === 31);
    await file.write(anchorAt(32));
    await file.write(anchorAt(33));
    await file.close();
    const bytes = readFileSync(path);
    for (const start of [0, SLOT_BYTES])
      assert.notEqual(
        parseAnchorFile(Buffer.concat([bytes.subarray(start, start + SLOT_BYTES), Buffer.alloc(SLOT_BYTES)])),
        undefined,
      );
  }
});

test('what release 0.1 wrote is read, and written anew with its cluster', async (t) => {
  const path = join(makeFolder(t), 'anchor.json');
  const root = Buffer.alloc(32, 7).toString('base64');
  writeFileSync(path, `{"type":"waybill/anchor/v0","origin":"waybill-0000000000000000","size":7,"root":"${root}"}\n`);
  const file = openAnchorFile(path);
  assert.deepEqual(await file.read(), {
    origin: 'waybill-0000000000000000',
    size: 7,
    root: new Uint8Array(32).fill(7),
  });
  await file.write(anchorAt(7));
  assert.deepEqual(await file.read(), anchorAt(7));
  await file.close();
});

test('the anchor of another log is never written over (anchor/wrong-origin)', async (t) => {
  const folder = makeFolder(t);
  await fileAfter(folder, 5);
  const path = join(folder, 'anchor.json');
  const file = openAnchorFile(path);
  await assertRefused(file.write({ ...anchorAt(9), origin: 'waybill-ffffffffffffffff' }), 'anchor/wrong-origin');
  assert.deepEqual(await file.read(), anchorAt(5));
});

test('two whole slots of different logs are no anchor (anchor/malformed)', () => {
  const one = formatSlot({ sequence: 1, anchor: anchorAt(1) });
  const other = formatSlot({ sequence: 2, anchor: { ...anchorAt(2), origin: 'waybill-ffffffffffffffff' } });
  assert.equal(parseAnchorFile(Buffer.concat([one, other])), undefined);
});

test('a file that was taken away or exchanged is noticed by the next write', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'anchor.json');
  const file = openAnchorFile(path);
  await file.write(anchorAt(1));
  rmSync(path);
  await file.write(anchorAt(2));
  assert.equal((await file.read())?.size, 2);
  // As another process writes that was given the same folder and has seen more.
  writeFileSync(path, Buffer.concat([formatSlot({ sequence: 9, anchor: anchorAt(9) }), Buffer.alloc(SLOT_BYTES, ' ')]));
  await file.write(anchorAt(3));
  assert.equal((await file.read())?.size, 9);
  await file.write(anchorAt(10));
  assert.equal((await file.read())?.size, 10);
  await file.close();
});

test('a write that fails is told (anchor/not-durable), and the next one is tried', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'state', 'anchor.json');
  writeFileSync(join(folder, 'state'), 'a file where the folder belongs');
  const file = openAnchorFile(path);
  await assertRefused(file.write(anchorAt(1)), 'anchor/not-durable');
  rmSync(join(folder, 'state'));
  mkdirSync(join(folder, 'state'));
  await file.write(anchorAt(2));
  assert.equal((await file.read())?.size, 2);
  await file.close();
});

test('replicas that were given one folder do not break each other’s writes, nor take the anchor back', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'anchor.json');
  const [ahead, behind] = [openAnchorFile(path), openAnchorFile(path)];
  const sizes = Array.from({ length: 40 }, (_, index) => index + 1);
  await Promise.all([
    ...sizes.map((size) => ahead.write(anchorAt(size + 100))),
    ...sizes.map((size) => behind.write(anchorAt(size))),
  ]);
  // One after the other: written over it, the second would take the slot of the newest.
  for (const size of [41, 42, 43]) await behind.write(anchorAt(size));
  assert.equal((await behind.read())?.size, 140);
  assert.deepEqual(readdirSync(folder), ['anchor.json']);
  await behind.close();
});
