import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sweepUnfinished } from '../../src/keys/sweep-unfinished.ts';

test('what an ended process left half written among the keys is taken away, and nothing else is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-keys-'));
  try {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const stays = [
      `image.next.key.${process.pid}.new`,
      'image.key',
      'image.next.key',
      'log-0123.heads.key',
      `notes.${ended}.new`,
      'image.next.key.new',
    ];
    const goes = [`image.next.key.${ended}.new`, `log.next.key.${ended}.new`, `log-0123.heads.key.${ended}.new`];
    for (const name of [...stays, ...goes]) writeFileSync(join(folder, name), 'x', { mode: 0o600 });
    await sweepUnfinished(folder);
    assert.equal(readdirSync(folder).length, stays.length + goes.length, 'what is young may be under way elsewhere');
    await sweepUnfinished(folder, Date.now() + 3_600_000);
    assert.deepEqual(readdirSync(folder).sort(), stays.toSorted());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
