import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ROLES } from '../../src/core/entry/kinds/principal-granted.ts';
import { readLeaves, rewriteLedger } from '../../src/tamper/rewrite-ledger.ts';
import { openSuperuser, withoutGuards } from '../../src/tamper/superuser.ts';
import { growLedger, IMAGE_REPOSITORY } from '../harness/grown-ledger.ts';
import { type Line, leavesOf, openEvents } from './events-under-test.ts';

test('a page has one event for each entry, with its hash and header facts, and nothing of a payload', async () => {
  await using log = await openEvents();
  await growLedger(log.under, 2);
  const leaves = await leavesOf(log.under);
  const { events, reached, status } = await log.page('?limit=1000');
  assert.equal(status, 200);
  assert.equal(events.length, leaves.length);
  assert.equal(reached, String(leaves.length - 1));
  for (const [seq, leaf] of leaves.entries()) {
    const entry = JSON.parse(leaf.toString()) as Line & { readonly keys: readonly { readonly key: string }[] };
    const { v: _v, prev: _prev, payload: _payload, control: _control, keys, ...facts } = entry;
    const hash = createHash('sha256').update(Buffer.of(0)).update(leaf).digest('hex');
    assert.deepEqual(events[seq], { ...facts, hash, keys: keys.map(({ key }) => key) });
  }
  const commitments = leaves.flatMap((leaf) => JSON.parse(leaf.toString()).payload?.commitment ?? []);
  assert(commitments.length > 0);
  for (const commitment of commitments) assert(!JSON.stringify(events).includes(commitment));
});

test('pages are asked for one after the other, by seq or by Last-Event-ID, and name how far they looked', async () => {
  await using log = await openEvents();
  await growLedger(log.under, 2);
  const size = (await leavesOf(log.under)).length;
  const seen: unknown[] = [];
  for (let after = ''; seen.length < size; after = String(seen.at(-1))) {
    const { events, reached } = await log.page(`?limit=3${after === '' ? '' : `&after=${after}`}`);
    seen.push(...events.map(({ seq }) => seq));
    assert.equal(reached, String(seen.at(-1)));
  }
  assert.deepEqual(
    seen,
    Array.from({ length: size }, (_, seq) => seq),
  );
  const last = await log.page(`?after=${size - 1}`);
  assert.deepEqual([last.events, last.reached], [[], String(size - 1)]);
  const resumed = await log.page('?after=0&limit=1', log.admin, { 'last-event-id': '4' });
  assert.equal(resumed.events[0]?.seq, 5);
  const rare = await log.page('?kind=log.opened&after=0');
  assert.deepEqual([rare.events, rare.reached], [[], String(size - 1)]);
});

test('refuses a place beyond the ledger (service/out-of-range), and what is no place at all', async () => {
  await using log = await openEvents();
  const beyond = await log.page('?after=1000');
  assert.deepEqual([beyond.status, beyond.code], [422, 'service/out-of-range']);
  const header = await log.page('', log.admin, { 'last-event-id': 'nothing' });
  assert.deepEqual([header.status, header.code], [400, 'http/malformed-header']);
  for (const query of ['?after=-1', '?after=01', '?after=9007199254740993', '?kind=image.painted', '?limit=0'])
    assert.equal((await log.page(query)).code, 'http/malformed-parameter', query);
});

test('tells pipelines of their repositories, and everybody else of what is of no repository besides', async () => {
  await using log = await openEvents();
  await growLedger(log.under, 2);
  const all = (await log.page('?limit=1000')).events;
  for (const role of ROLES.filter((each) => each !== 'admin')) {
    await log.grant(`in-${role}`, role, [IMAGE_REPOSITORY]);
    await log.grant(`out-${role}`, role, ['bank/*']);
    const inside = await log.page('?limit=1000', (await log.tokenOf(`in-${role}`)).token);
    const outside = await log.page('?limit=1000', (await log.tokenOf(`out-${role}`)).token);
    const isTrust = ({ repository }: Line) => repository === undefined && role !== 'pipeline';
    const upTo = (events: readonly Line[]) => events.filter(({ seq }) => Number(seq) < all.length);
    assert.deepEqual(
      upTo(inside.events),
      all.filter((event) => event.repository === IMAGE_REPOSITORY || isTrust(event)),
    );
    assert.deepEqual(upTo(outside.events), all.filter(isTrust));
    const named = await log.page(`?repository=${IMAGE_REPOSITORY}`, (await log.tokenOf(`out-${role}`)).token);
    assert.deepEqual([named.status, named.code], [403, 'auth/repository-out-of-scope']);
  }
});

test('an entry that was edited in the database, with all links and tiles made anew, is told to nobody (head/not-ours)', async () => {
  await using log = await openEvents();
  await growLedger(log.under, 2);
  const superuser = openSuperuser(log.under.database.adminUrl);
  try {
    await withoutGuards(superuser, async (database) => {
      const heads = await database.selectFrom('head').selectAll().execute();
      const leaves = await readLeaves(database);
      const edited = leaves.map((leaf) =>
        leaf.proposal.stage === 'stage-2' ? { ...leaf, proposal: { ...leaf.proposal, stage: 'stage-3' } } : leaf,
      );
      await rewriteLedger(database, edited);
      // The heads are the service's own, with their MACs; what they commit to is no longer there.
      await database.deleteFrom('head').execute();
      await database.insertInto('head').values(heads).execute();
    });
  } finally {
    await superuser.close();
  }
  const page = await log.page('');
  assert.deepEqual([page.status, page.code, page.events], [503, 'head/not-ours', []]);
});
