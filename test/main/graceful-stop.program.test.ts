import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeServiceFolder, type Served, serve, untilNoServer } from '../harness/served.ts';

const WRITERS = 16;
/** What a stop may take on a busy machine: ten seconds for those who do not finish, and the database's own. */
const STOP_MS_MAX = 30_000;
/** When those who finish are gone at the latest: before the one who does not loses patience with us. */
const LEAVE_MS_MAX = 9_000;

type Outcome =
  | { readonly acknowledged: number; readonly body: string }
  | { readonly refused: number; readonly code: string; readonly body: string }
  /** The connection ended first: whether it was recorded is not known. */
  | { readonly unknown: true; readonly body: string };

test('a stop under load answers what was accepted, loses nothing of it, and exits with 0', {
  timeout: 90_000,
}, async (t) => {
  const folder = makeServiceFolder(t);
  const first = await serve(folder);
  const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();
  const outcomes: Outcome[] = [];
  const load = Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let turn = 0; ; turn += 1) {
        const outcome = await attest(first, token, `w${writer}-t${turn}`);
        outcomes.push(outcome);
        if (!('acknowledged' in outcome)) return;
      }
    }),
  );
  while (outcomes.length < 200) await sleep(10);
  // Somebody who promised a body and does not send it: their slot is taken from them after ten seconds.
  const slow = connect(Number(new URL(first.url).port), '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write(
    `POST /v1/attestations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n{`,
  );
  await once(slow, 'connect');
  const loadEnded = load.then(() => performance.now());
  const begun = performance.now();
  first.child.kill('SIGTERM');
  first.child.kill('SIGTERM');
  assert.equal(await first.exit, 0, first.said());
  assert(performance.now() - begun < STOP_MS_MAX, 'a slow client does not hold up the stop');
  slow.destroy();
  assert((await loadEnded) - begun < LEAVE_MS_MAX, 'clients who finish are sent away at once');
  await untilNoServer(folder);

  const refusals = outcomes.flatMap((outcome) => ('refused' in outcome ? [`${outcome.refused} ${outcome.code}`] : []));
  assert.deepEqual(
    [...new Set(refusals)].filter((refusal) => refusal !== '503 service/stopping'),
    [],
  );

  const second = await serve(folder);
  const acknowledged = outcomes.flatMap((outcome) => ('acknowledged' in outcome ? [outcome] : []));
  const seqs = new Set(acknowledged.map(({ acknowledged: seq }) => seq));
  assert.equal(seqs.size, acknowledged.length);
  for (const { acknowledged: seq, body } of acknowledged.slice(-WRITERS * 2)) {
    const again = await post(second, token, body);
    assert.deepEqual([again.status, again.answer.seq, again.answer.duplicate], [200, seq, true]);
  }
  for (const outcome of outcomes) {
    if (!('refused' in outcome)) continue;
    const later = await post(second, token, outcome.body);
    assert.equal(later.status, 201, 'what was refused had not been recorded');
  }
  second.child.kill('SIGTERM');
  assert.equal(await second.exit, 0);
});

async function attest(served: Served, token: string, name: string): Promise<Outcome> {
  const body = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name } }, results: [] }] });
  try {
    const { status, answer } = await post(served, token, body);
    if (status === 201) return { acknowledged: Number(answer.seq), body };
    return { refused: status, code: String(answer.code), body };
  } catch {
    return { unknown: true, body };
  }
}

async function post(
  { url }: Served,
  token: string,
  body: string,
): Promise<{ readonly status: number; readonly answer: Readonly<Record<string, unknown>> }> {
  // An image of its own each: one image takes 900 entries and no more.
  const subject = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const query = new URLSearchParams({ subject, repository: 'shop/api', stage: 'scan' });
  const response = await fetch(`${url}/v1/attestations?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
  return { status: response.status, answer: (await response.json()) as Readonly<Record<string, unknown>> };
}
