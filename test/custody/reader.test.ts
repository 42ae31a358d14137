import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatControlKey } from '../../src/core/control/control-keys.ts';
import { headlineOf } from '../../src/core/custody/report-model.ts';
import { parseTrustFile, trustFileJson, trustFileSha256, trustLogKey } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseTime } from '../../src/core/entry/time.ts';
import { CONTROL } from './control-under-test.ts';
import { attest, custodyLedger, openedLedger, QUESTION } from './custody-under-test.ts';
import { editEntry } from './edit-evidence.ts';
import { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, trustOf, verify } from './verify-under-test.ts';

const after = (time: string, milliseconds: number) => new Date((parseTime(time) ?? 0) + milliseconds).toISOString();

test('without a log key everything may hold together and is amber: whose log it is stays open (origin/not-confirmed)', () => {
  const result = verify(custodyLedger(), { trust: 'none' });
  assert.deepEqual(findings(result), ['not-run origin origin/not-confirmed']);
  assert.equal(result.verdict, 'pass');
  assert.equal(result.assurances.pinned, false);
  assert.equal(headlineOf(result).tone, 'amber');
});

test('no verdict is green or grey without a pinned key, and no broken evidence is anything but red', () => {
  for (const ledger of [custodyLedger(), custodyLedger({ stages: [] }), openedLedger()]) {
    assert.equal(headlineOf(verify(ledger, { trust: 'none' })).tone, 'amber');
  }
  const broken = { edit: editEntry(8, (entry) => ({ ...entry, principal: 'x' })) };
  for (const trust of ['none', trustOf(custodyLedger())] as const) {
    assert.equal(headlineOf(verify(custodyLedger(), { ...broken, trust })).tone, 'red');
  }
  assert.equal(headlineOf(verify(custodyLedger())).tone, 'green');
  assert.equal(headlineOf(verify(custodyLedger({ stages: [] }))).tone, 'red');
  assert.equal(headlineOf(verify(openedLedger())).tone, 'grey');
});

test('a whole world forged under other keys is refused by whoever brings the log key (note/no-known-signature)', () => {
  const forged = custodyLedger({ secret: 'forger' });
  assert.equal(verify(forged, { trust: 'none' }).verdict, 'pass', 'the forgery is a good one');
  const result = verify(forged, { trust: trustOf(custodyLedger()) });
  assertFound(result, 'fail', 'checkpoint/signature', 'note/no-known-signature');
  assert.equal(result.assurances.pinned, false);
  assert.equal(assertFound(result, 'fail', 'origin', 'custody/blocked').outcome, 'not-run');
});

test('a checkpoint signed by another key is refused (note/no-known-signature)', () => {
  const result = verify(custodyLedger(), { signedBy: 'service' });
  assertFound(result, 'fail', 'checkpoint/signature', 'note/no-known-signature');
});

test('evidence that names another log key than the log was opened with is refused (checkpoint/log-key-not-in-log)', () => {
  const ledger = custodyLedger();
  const logKey = ledger.vkeyOf('other');
  const result = verify(ledger, { trust: 'none', signedBy: 'other', edit: (parts) => ({ ...parts, logKey }) });
  assertFound(result, 'fail', 'origin', 'checkpoint/log-key-not-in-log');
});

test('a log of another name is not the reader’s (origin/wrong-log)', () => {
  const ledger = custodyLedger();
  const trust = { ...trustOf(ledger), origin: 'waybill-other' };
  assertFound(verify(ledger, { trust }), 'fail', 'origin', 'origin/wrong-log');
});

test('a key of another log that signed in this one’s name is refused (checkpoint/origin-not-signed)', () => {
  const ledger = custodyLedger();
  const other = new LedgerUnderTest('waybill-other', 'other');
  const checkpoint = ledger.checkpoint();
  const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
  const signature = other.key('log').sign(encodeUtf8(text));
  const key = trustOf(other).logKeys[0]?.key;
  assert(key !== undefined);
  const line = `— ${other.origin} ${Buffer.concat([key.keyId, signature]).toString('base64')}\n`;
  const edit = (parts: ReturnType<typeof ledger.evidence>) => ({ ...parts, checkpoint: `${text}\n${line}` });
  assertFound(
    verify(ledger, { trust: trustOf(other), edit }),
    'fail',
    'checkpoint/signature',
    'checkpoint/origin-not-signed',
  );
});

test('the log is opened by entry 0, and that is shown (entry/not-first)', () => {
  assertFound(verify(custodyLedger(), { without: [0] }), 'fail', 'origin', 'entry/not-first');
});

test('a log key counts within its sizes only (checkpoint/log-key-differs)', () => {
  const ledger = custodyLedger();
  const [key] = trustOf(ledger).logKeys;
  assert(key !== undefined);
  const { size } = ledger;
  const ranges: [number | undefined, number | undefined, boolean][] = [
    [undefined, undefined, true],
    [size, size, true],
    [0, size - 1, false],
    [size + 1, undefined, false],
    [size + 1, size - 1, false],
  ];
  for (const [fromSize, toSize, good] of ranges) {
    const range = { ...(fromSize === undefined ? {} : { fromSize }), ...(toSize === undefined ? {} : { toSize }) };
    const result = verify(ledger, { trust: trustOf(ledger, { logKeys: [{ ...key, ...range }] }) });
    if (good) assertPasses(result);
    else assertFound(result, 'fail', 'checkpoint/signature', 'checkpoint/log-key-differs');
  }
});

test('a key that stands twice counts in both of its ranges', () => {
  const ledger = custodyLedger();
  const [first, second] = [trustOf(ledger).logKeys[0], trustOf(ledger).logKeys[0]];
  assert(first !== undefined && second !== undefined);
  const logKeys = [
    { ...first, toSize: 3 },
    { ...second, fromSize: 5 },
  ];
  assertPasses(verify(ledger, { trust: trustOf(ledger, { logKeys }) }));
});

test('a checkpoint is as old as its last entry, to the millisecond (checkpoint/too-old)', () => {
  const ledger = custodyLedger();
  const trust = trustOf(ledger, { checkpointAgeMaxSeconds: 600 });
  for (const milliseconds of [0, 599_999, 600_000]) {
    assertPasses(verify(ledger, { trust, evaluatedAt: after(ledger.time, milliseconds) }));
  }
  const late = verify(ledger, { trust, evaluatedAt: after(ledger.time, 600_001) });
  assertFound(late, 'fail', 'checkpoint/age', 'checkpoint/too-old');
  assert.equal(late.validUntil, after(ledger.time, 600_000));
});

test('an old checkpoint served to hide news is too old for who sets a limit (checkpoint/too-old)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'audit', key: 'stranger', entry: { time: after(ledger.time, 3_600_000) } });
  assert.equal(verify(ledger).verdict, 'fail');
  assert.equal(verify(ledger, { size }).verdict, 'pass', 'without a limit the older state is a true one');
  const trust = trustOf(ledger, { checkpointAgeMaxSeconds: 600 });
  assertFound(verify(ledger, { size, trust }), 'fail', 'checkpoint/age', 'checkpoint/too-old');
});

test('an evaluation before the last entry is borne for five minutes, no longer (checkpoint/from-the-future)', () => {
  const ledger = custodyLedger();
  assertPasses(verify(ledger, { evaluatedAt: after(ledger.time, -300_000) }));
  const result = verify(ledger, { evaluatedAt: after(ledger.time, -300_001) });
  assertFound(result, 'fail', 'checkpoint/age', 'checkpoint/from-the-future');
});

test('a time of evaluation that is none lets nothing pass (custody/bad-evaluation-time)', () => {
  for (const evaluatedAt of ['', 'now', '2026-03-01T12:00:00Z', '2026-02-30T12:00:00.000Z']) {
    const result = verify(custodyLedger(), { evaluatedAt });
    assertFound(result, 'fail', 'checkpoint/age', 'custody/bad-evaluation-time');
  }
});

test('a pin of the same size decides, one of a smaller size does not, one of a larger says that this is old', () => {
  const ledger = custodyLedger();
  const { size } = ledger;
  attest(ledger, { stage: 'lint' });
  const pinned = (pin: number, root = ledger.root(pin)) =>
    verify(ledger, { size, trust: trustOf(ledger, { pins: [{ size: pin, root }] }) });
  const same = pinned(size);
  assert(same.checks.some(({ code, outcome }) => code === 'checkpoint/pins' && outcome === 'pass'));
  const forked = new Uint8Array(32);
  assertFound(pinned(size, forked), 'fail', 'checkpoint/pins', 'checkpoint/forked');
  assertFound(pinned(ledger.size), 'fail', 'checkpoint/pins', 'checkpoint/too-old');
  const smaller = pinned(size - 1);
  assert(findings(smaller).includes('not-run checkpoint/pins checkpoint/pin-not-comparable'));
  assert.equal(smaller.intact, true);
});

test('a trust file reads back as it was written, under one hash', () => {
  const ledger = openedLedger();
  const pins = [{ size: 7, root: ledger.root() }];
  const trust = trustOf(ledger, { pins, checkpointAgeMaxSeconds: 60, control: CONTROL });
  const read = parseTrustFile(encodeUtf8(JSON.stringify(trustFileJson(trust), undefined, 2)));
  assert(read.ok);
  assert.deepEqual(read.value, trust);
  assert.equal(trustFileSha256(read.value), trustFileSha256(trust));
  assert.notEqual(trustFileSha256(trust), trustFileSha256(trustOf(ledger)));
});

test('what a trust file asks for and this version cannot check is refused, not passed by (custody/not-supported)', () => {
  const json = trustFileJson(trustOf(openedLedger())) as object;
  for (const more of [{ witnesses: ['w'] }, { witnessQuorum: 1 }]) {
    const read = parseTrustFile(encodeUtf8(JSON.stringify({ ...json, ...more })));
    assert(!read.ok && read.fault.code === 'custody/not-supported');
  }
  const empty = { controlKeys: [], controlThreshold: 0, witnesses: [], witnessQuorum: 0 };
  assert(parseTrustFile(encodeUtf8(JSON.stringify({ ...json, ...empty }))).ok);
});

test('a trust file is read strictly (custody/malformed-trust-file)', () => {
  const formatted = CONTROL.keys.map(formatControlKey);
  const ledger = openedLedger();
  const json = trustFileJson(trustOf(ledger)) as object;
  const bad: object[] = [
    { more: 1 },
    { type: 'waybill/trust/v1' },
    { origin: 'waybill-other' },
    { origin: 'Waybill' },
    { logKeys: [] },
    { logKeys: [{ vkey: `${ledger.vkey}A` }] },
    { logKeys: [{ vkey: formatVkey(ledger.origin, 4, ledger.key('log').publicKey.raw) }] },
    { logKeys: [{ vkey: ledger.vkey, from: 1 }] },
    { logKeys: [{ vkey: ledger.vkey, fromSize: -1 }] },
    { controlKeys: ['k'], controlThreshold: 1 },
    { controlKeys: formatted, controlThreshold: 0 },
    { controlKeys: formatted, controlThreshold: 4 },
    { controlKeys: formatted },
    { controlKeys: [...formatted, ...formatted], controlThreshold: 2 },
    { controlThreshold: 1 },
    { checkpointAgeMaxSeconds: 0 },
    { checkpointAgeMaxSeconds: 1.5 },
    { pins: [{ size: 0, root: Buffer.alloc(32).toString('base64') }] },
    { pins: [{ size: 1, root: Buffer.alloc(31).toString('base64') }] },
  ];
  for (const change of bad) {
    const read = parseTrustFile(encodeUtf8(JSON.stringify({ ...json, ...change })));
    assert(!read.ok && read.fault.code === 'custody/malformed-trust-file', JSON.stringify(change));
  }
});

test('a log key alone is a trust file: its name is the origin', () => {
  const ledger = openedLedger();
  const trust = trustLogKey(ledger.vkey);
  assert(trust.ok && trust.value.origin === ledger.origin);
  assert(!trustLogKey('nothing').ok);
  const witness = trustLogKey(formatVkey(ledger.origin, 4, ledger.key('log').publicKey.raw));
  assert(!witness.ok && witness.fault.code === 'note/unsupported-key-type');
  assert.equal(verify(ledger, { trust: trust.value, question: QUESTION }).assurances.pinned, true);
});
