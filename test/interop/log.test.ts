import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createSharedLedger, type ServedReplica, type SharedLedger, serveReplica } from '../harness/served-replica.ts';
import { openFlippingProxy } from './flipping-proxy.ts';
import { skipWithoutGo } from './go-module.ts';
import { buildLogJudges, type LogJudges, type ReadLog, TESSERA_VERSION } from './log-judge.ts';

/** The first size with a full tile of level 1, some full ones of level 0 after it, and a partial one of each level up to 2. */
const SIZE_MIN = 256 * 256 + 3 * 256 + 5;
const LINES = 1_000;
/** Far below what one image may have in one repository. */
const PER_IMAGE = 500;

const withoutGo = skipWithoutGo();
const built = withoutGo === false ? buildLogJudges() : withoutGo;
if (typeof built === 'string' && process.env.CI === 'true') throw new Error(`NOT CHECKED: ${built}`);
if (typeof built === 'string' && withoutGo === false) console.error(`NOT CHECKED: ${built}`);
const skip = typeof built === 'string' ? built : false;

describe(`${TESSERA_VERSION} as judge of the log that a service serves`, { skip }, () => {
  let ledger: SharedLedger;
  let replica: ServedReplica;
  let log: ReadLog;
  let size: number;
  const judges = built as LogJudges;

  before(async () => {
    ledger = await createSharedLedger();
    replica = await serveReplica(ledger, 'one');
    const { url, token } = replica.endpoint;
    log = { url: `${url}/log/`, token, vkey: replica.running.logVkey };
    for (let batch = 0; batch === 0 || (await sizeOf(url)) < SIZE_MIN; batch += 1) await attest(url, token, batch);
    size = await sizeOf(url);
  });
  after(async () => {
    if (typeof built !== 'string') rmSync(built.folder, { recursive: true, force: true });
    await replica?.[Symbol.asyncDispose]();
    await ledger?.[Symbol.asyncDispose]();
  });

  test('fsck finds entries, tiles of every level and the signed root in agreement', async () => {
    const { accepted, said } = await judges.fsck(log);
    assert(accepted, said);
    assert.match(said, new RegExp(`Successfully fsck'd log with size ${size} `));
  });

  test('its client verifies the inclusion of entries, and every published checkpoint against the next and the newest', async () => {
    const checkpoints = await published(log);
    const indexes = [
      0,
      1,
      255,
      256,
      65_535,
      65_536,
      size - 2,
      size - 1,
      ...Array.from({ length: 40 }, (_, n) => 1_613 * n),
    ];
    const answer = await judges.ask({ ...log, checkpoints, indexes });
    assert.deepEqual(answer.complaints, []);
    assert.equal(answer.size, size);
    assert(checkpoints.length > 20, String(checkpoints.length));
    assert.equal(answer.consistent, 2 * checkpoints.length - 1);
    assert.equal(answer.tracked, checkpoints.length);
    assert.equal(answer.included, indexes.length);
    assert.equal(answer.leafHashes, size);
  });

  test('neither accepts the log where one bit of a resource is changed, and fsck finds it in each', async (t) => {
    await using proxy = await openFlippingProxy(replica.endpoint.url);
    const through = { ...log, url: `${proxy.url}/log/` };
    assert((await judges.fsck(through)).accepted, 'through the proxy nothing is changed by itself');
    const rest = size % 256;
    const full = Math.floor(size / 256);
    for (const path of [
      '/log/checkpoint',
      '/log/tile/entries/100',
      `/log/tile/entries/${full}.p/${rest}`,
      '/log/tile/0/017',
      `/log/tile/0/${full}.p/${rest}`,
      '/log/tile/1/000',
      `/log/tile/1/001.p/${full - 256}`,
      '/log/tile/2/000.p/1',
    ]) {
      await t.test(path, async () => {
        proxy.flip(path);
        const { accepted, said } = await judges.fsck(through);
        assert(proxy.flips() > 0, `nothing was asked for at ${path}`);
        assert.equal(accepted, false, said);
      });
    }
    proxy.flip('/log/tile/0/017');
    const asked = { ...through, checkpoints: [], indexes: [17 * 256 + 3] };
    assert((await judges.ask(asked)).complaints.length > 0);
  });

  test('without the token it reads tiles and no entries', async () => {
    const { accepted, said } = await judges.fsck({ ...log, token: '' });
    assert(!accepted && /401/.test(said), said);
  });
});

async function sizeOf(url: string): Promise<number> {
  return Number((await (await fetch(`${url}/log/checkpoint`)).text()).split('\n')[1]);
}

/** A thousand attestations in one request, each of a document of its own. */
async function attest(url: string, token: string, batch: number): Promise<void> {
  const lines = Array.from({ length: LINES }, (_, line) => {
    const image = Math.floor((batch * LINES + line) / PER_IMAGE);
    return JSON.stringify({
      attestation: { version: '2.1.0', runs: [{ tool: { driver: { name: `tool-${batch}-${line}` } }, results: [] }] },
      subject: `sha256:${createHash('sha256').update(String(image)).digest('hex')}`,
      repository: 'shop/api',
      stage: 'scan',
    });
  });
  const answer = await fetch(`${url}/v1/attestations/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text.slice(0, 500));
  const refused = text.split('\n').filter((line) => line !== '' && !/"status":201[,}]/.test(line));
  assert.deepEqual(refused.slice(0, 1), []);
}

/** Every published checkpoint that one answer lists, from all over the log, smallest size first. */
async function published({ url, token }: ReadLog): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${token}` };
  const notes: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const answer = await fetch(`${url}checkpoints?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`, { headers });
    const page = (await answer.json()) as {
      readonly items: readonly { readonly checkpoint: string }[];
      readonly next?: string;
    };
    notes.push(...page.items.map(({ checkpoint }) => checkpoint));
    cursor = page.next;
  }
  return notes.reverse();
}
