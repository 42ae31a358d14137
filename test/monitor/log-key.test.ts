import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntry } from '../../src/core/entry/entry.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { announced, rotated } from '../custody/log-key-under-test.ts';
import { type Shown, serveLog } from './lying-log.ts';
import { keyOf, openFolder } from './monitor-under-test.ts';

/** The ledger as a log shows it that signs with the key of this name. */
function shownBy(ledger: LedgerUnderTest, name: string): Shown {
  const leaves = Array.from({ length: ledger.size }, (_, seq) => formatEntry(ledger.entry(seq)));
  return { origin: ledger.origin, signer: { vkey: ledger.vkeyOf(name), sign: ledger.key(name).sign }, leaves };
}

const at = (ledger: LedgerUnderTest) => ({ now: () => new Date(ledger.time) });
const found = ({ alarms }: { readonly alarms: readonly { readonly code: string; readonly cause?: string }[] }) =>
  alarms.map(({ code, cause }) => `${code} ${cause ?? ''}`);

test('a monitor that was given the old key follows to the new one, in new processes too, and not back', async () => {
  const { ledger, overlap } = rotated();
  const shown = shownBy(ledger, 'log');
  const next = shownBy(ledger, 'next').signer;
  shown.size = overlap;
  await using log = await serveLog(shown);
  using folder = openFolder(ledger.vkey);
  assert.deepEqual(found(await folder.round(log.url, at(ledger))), []);
  Object.assign(shown, { size: undefined, signer: next });
  for (let round = 0; round < 2; round += 1) assert.deepEqual(found(await folder.round(log.url, at(ledger))), []);
  const old = shownBy(ledger, 'log').signer;
  Object.assign(shown, { signer: old });
  const alarms = found(await folder.round(log.url, at(ledger)));
  assert.deepEqual(alarms, ['monitor/other-key checkpoint/log-key-retired']);
});

test('a retirement that is replayed for the first time under the retired key is an alarm at once', async () => {
  const { ledger } = rotated();
  await using log = await serveLog(shownBy(ledger, 'log'));
  using folder = openFolder(ledger.vkey);
  const alarms = found(await folder.round(log.url, at(ledger)));
  assert.deepEqual(alarms, ['monitor/other-key checkpoint/log-key-retired']);
});

test('a monitor that saw nothing between announcement and retirement is given the new key (monitor/other-key)', async () => {
  const { ledger, before } = rotated();
  const shown = { ...shownBy(ledger, 'log'), size: before };
  await using log = await serveLog(shown);
  using folder = openFolder(ledger.vkey);
  assert.deepEqual(found(await folder.round(log.url, at(ledger))), []);
  Object.assign(shown, { size: undefined, signer: shownBy(ledger, 'next').signer });
  assert.deepEqual(found(await folder.round(log.url, at(ledger))), ['monitor/other-key note/no-known-signature']);
  const keys = ['log', 'next'].map((name) => keyOf(ledger.vkeyOf(name)));
  assert.deepEqual(found(await folder.round(log.url, { ...at(ledger), keys })), []);
});

test('a rotation that the old key did not sign convicts the log (monitor/not-replayable)', async () => {
  const ledger = announced({ signedBy: ['next', 'next'] });
  await using log = await serveLog(shownBy(ledger, 'log'));
  using folder = openFolder(ledger.vkey);
  assert.deepEqual(found(await folder.round(log.url, at(ledger))), ['monitor/not-replayable rotation/not-signed']);
});
