import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseCsv } from '../export/parse-csv.ts';
import { type MadeExport, makeExport, read, SEED, said } from './export-under-test.ts';
import { forkedReceipt } from './forked-receipt.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

describe('the export of a period', () => {
  let world: MadeExport;
  before(async () => {
    world = await makeExport();
  });
  after(() => world[Symbol.asyncDispose]());

  test('holds without a network, with every table and a judged sample, and says so to people', async () => {
    const ran = await world.verify(world.copy('whole'), '--receipt', world.receipt);
    assert.equal(ran.exit, 0, ran.out + ran.err);
    const { export: holds, ended, confirmed, kinds, tables, sample, strangers, absent } = said(ran);
    assert.deepEqual([holds, ended, confirmed, strangers, absent.count], ['holds', true, true, [], 0]);
    assert.equal(kinds['image.signed'], 1);
    assert.deepEqual([tables.images, tables.attestations, tables.runs, tables.open], [1, 1, 1, 1]);
    const shows = sample.map(({ table, shows: what }: { table: string; shows: string }) => [table, what]);
    assert(
      shows.some(
        ([table, what]: string[]) => (table === 'images' && what === 'unjudged') || what === 'fail' || what === 'pass',
      ),
    );
    assert(shows.some(([table, what]: string[]) => table === 'trust' && what === 'whole'));
    const told = await world.offline.run(
      'verify',
      join(world.offline.home, 'whole'),
      '--log-key',
      world.service.logKey,
    );
    assert.match(told.out, /^This is the whole population of the period, and every file follows from it\n/);
    // Another seed draws another sample, which holds as well: whoever agreed on one must be told which it was.
    assert.deepEqual(said(ran).drawn, { seed: SEED, items: 2 });
    assert.match(told.out, /drawn by +the seed "a draw", 2 of each table/);
  });

  test('has tables that a spreadsheet can open and that run nothing', () => {
    const images = parseCsv(read(world.made, 'images.csv'));
    assert.deepEqual([images.length, images[0]?.digest, images[0]?.repository], [1, world.digest, 'shop/api']);
    assert.match(read(world.made, 'trust.csv'), /,'=SUM\(A1\),/);
    assert.match(read(world.made, 'open.csv'), /,run,r-/);
    assert(parseCsv(read(world.made, 'controls.csv')).length > 80);
  });

  test('is refused without a log key, and under another one (12)', async () => {
    const none = await world.offline.run('verify', world.made, '--json');
    assert.deepEqual([none.exit, errorCode(none)], [12, 'origin/not-confirmed']);
    const other = await openHttpService();
    try {
      const ran = await world.offline.run('verify', world.made, '--json', '--log-key', other.logKey);
      assert.deepEqual([ran.exit, errorCode(ran)], [12, 'note/no-known-signature']);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  test('is the same bytes under another locale, time zone, user and folder, whoever takes it', async () => {
    const elsewhere = openMachine({ ...world.environment, USER: 'somebody' });
    const folder = join(elsewhere.home, 'a folder with another name');
    const args = [...world.period, '--sample', '2', '--seed', SEED];
    assert.equal((await elsewhere.run('export', ...args, '-o', folder)).exit, 0);
    const names = readdirSync(world.made, { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(), names);
    for (const name of names.filter((each) => each !== 'sample'))
      assert(readFileSync(join(folder, name)).equals(readFileSync(join(world.made, name))), name);
  });

  test('goes on where a transfer ended, to the same bytes', async () => {
    const whole = read(world.made, 'entries.jsonl');
    const ends = [
      0,
      10,
      whole.indexOf('\n') + 1,
      whole.indexOf('\n') + 30,
      whole.length - 1,
      Math.floor(whole.length / 2),
    ];
    for (const [place, end] of ends.entries()) {
      const folder = join(world.online.home, `resumed-${place}`);
      cpSync(world.made, folder, { recursive: true });
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, 'entries.jsonl.partial'), whole.slice(0, end));
      const ran = await world.online.run('export', ...world.period, '-o', folder, '--json');
      assert.equal(ran.exit, 0, ran.out);
      assert.equal(read(folder, 'entries.jsonl'), whole, `cut at ${end}`);
    }
  });

  test('goes on after connections that break, and gives up where nothing comes any more (4)', async () => {
    let answers = 0;
    const cutting: typeof fetch = async (...asked) => {
      const response = await fetch(...asked);
      if (!String(asked[0]).includes('/v1/exports')) return response;
      answers += 1;
      const bytes = new Uint8Array(await response.arrayBuffer());
      const part = bytes.slice(0, Math.ceil(bytes.length / 2));
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(part),
        pull: (controller) => controller.error(new Error('planted')),
      });
      return new Response(bytes.length < 2_000 ? bytes : body, { status: 200 });
    };
    const machine = openMachine(world.environment);
    const folder = join(machine.home, 'cut');
    const args = ['export', ...world.period, '-o', folder, '--json'];
    const ran = await machine.runWith(cutting)(...args);
    assert.equal(ran.exit, 0, ran.out);
    assert(answers > 2);
    assert.equal(read(folder, 'entries.jsonl'), read(world.made, 'entries.jsonl'));
  });

  test('of a period that has not ended says so (11), and of another one is not gone on with (5)', async () => {
    const folder = join(world.online.home, 'now');
    const ran = await world.online.run('export', '--from', '2000-01-01', '--to', '2999-01-01', '-o', folder, '--json');
    assert.deepEqual([ran.exit, said(ran).ended], [11, false]);
    const verified = await world.verify(folder);
    assert.deepEqual([verified.exit, said(verified).ended], [11, false]);
    const again = await world.online.run('export', '--from', '0', '--to', '3', '-o', folder, '--json');
    assert.deepEqual([again.exit, errorCode(again)], [5, 'cli/unusable-file']);
    rmSync(join(folder, 'export.json'));
    const other = await world.online.run('export', '--from', '0', '--to', '3', '-o', folder, '--json');
    assert.deepEqual([other.exit, errorCode(other)], [5, 'cli/unusable-file']);
    const strange = await world.online.run('export', '--from', '0', '--to', '3', '-o', world.online.home, '--json');
    assert.deepEqual([strange.exit, errorCode(strange)], [5, 'cli/unusable-file']);
  });

  test('names what lies in its folder and is none of it', async () => {
    const folder = world.copy('strange', (path) => writeFileSync(join(path, 'READ ME FIRST.csv'), 'all is well'));
    const ran = await world.verify(folder);
    assert.deepEqual([ran.exit, said(ran).strangers], [0, ['READ ME FIRST.csv']]);
    // However the folder is named.
    for (const path of [`${folder}/`, relative(process.cwd(), folder), `${folder}/sample/..`])
      assert.deepEqual(said(await world.verify(path)).strangers, ['READ ME FIRST.csv'], path);
  });

  test('by its entries alone holds as well', async () => {
    const entries = join(world.copy('alone'), 'entries.jsonl');
    const ran = await world.verify(entries, '--receipt', world.receipt);
    assert.deepEqual([ran.exit, said(ran).sample, said(ran).entries], [0, [], world.size]);
    const told = await world.offline.run('verify', entries, '--log-key', world.service.logKey);
    assert.match(told.out, /^These are all entries of the period; nothing beside them was looked at\n/);
  });

  test('meets a receipt of another entry at a place that it shows (13, checkpoint/forked), of neighbours as well', async () => {
    const folder = join(world.online.home, 'some');
    assert.equal((await world.online.run('export', '--from', '2', '--to', '5', '-o', folder)).exit, 0);
    const forked = join(world.offline.home, 'forked.receipt.json');
    for (const seq of [1, 3, 5]) {
      writeFileSync(forked, await forkedReceipt(world.service.under, seq));
      const ran = await world.verify(folder, '--receipt', forked);
      assert.deepEqual([ran.exit, errorCode(ran)], [13, 'checkpoint/forked'], `entry ${seq}`);
    }
  });

  test('shows what was found of an image that was retired, or whose attestation does not count, and is taken all the same', async () => {
    const elsewhere = openMachine(world.environment);
    const retired = await elsewhere.run('retire', world.digest, '-r', 'shop/api', '--everywhere');
    assert.equal(retired.exit, 0, retired.err);
    const { size } = (await world.service.under.context.store.head()).frontier;
    const folder = join(elsewhere.home, 'retired');
    const period = ['--from', '0', '--to', String(size), '--sample', '1', '--seed', SEED];
    const taken = await elsewhere.run('export', ...period, '-o', folder, '--json');
    assert.equal(taken.exit, 0, taken.out);
    const verified = await world.verify(folder);
    assert.equal(verified.exit, 0, verified.out);
    const images = said(verified).sample.filter(({ table }: { table: string }) => table === 'images');
    assert.deepEqual(
      images.map(({ shows }: { shows: string }) => shows),
      ['fail'],
    );
  });

  test('takes both number and seed for a sample (2)', async () => {
    for (const more of [
      ['--sample', '3'],
      ['--seed', 'x'],
      ['--sample', '0', '--seed', 'x'],
      ['--sample', '3', '--seed', 'ä'],
    ]) {
      const ran = await world.online.run(
        'export',
        '--from',
        '0',
        '--to',
        '3',
        '-o',
        join(world.online.home, 'bad'),
        ...more,
        '--json',
      );
      assert.equal(ran.exit, 2, more.join(' '));
    }
  });
});
