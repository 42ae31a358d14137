import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyAnchor, createSharedLedger, serveReplica } from '../harness/served-replica.ts';
import { openFollower } from '../http/event-follower.ts';

test('a stream that a replica ends when it stops goes on at another one, without a gap and nothing twice', async () => {
  await using ledger = await createSharedLedger();
  const first = await serveReplica(ledger, 'one');
  const { token } = first.endpoint;
  await copyAnchor(ledger, 'one', 'two');
  await using second = await serveReplica(ledger, 'two');
  let written = 0;
  const write = async (url: string) => {
    written += 1;
    const response = await fetch(`${url}/v1/contracts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        contract: 'shop',
        repositories: ['shop/*'],
        stages: Array.from({ length: written }, (_, index) => ({ stage: `stage-${index}` })),
      }),
    });
    assert.equal(response.status, 201, await response.text());
  };
  const follow = (url: string, lastEventId?: string) =>
    openFollower(`${url}/v1/events`, {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    });
  await using before = await follow(first.endpoint.url);
  await write(second.endpoint.url);
  await before.until(() => before.events.some(({ kind }) => kind === 'contract.published'));
  const begun = performance.now();
  const stopping = first.running.stop();
  await before.ended;
  await stopping;
  assert(performance.now() - begun < 8_000, 'a stop does not wait until streams are cut off');
  await write(second.endpoint.url);
  await using after = await follow(second.endpoint.url, before.ids.at(-1));
  await write(second.endpoint.url);
  await after.until(() => after.events.filter(({ kind }) => kind === 'contract.published').length === 2);
  const seqs = [...before.events, ...after.events].map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, seq) => seq),
  );
});
