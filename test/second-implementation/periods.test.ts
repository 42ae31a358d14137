import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { errorCode, openMachine } from '../cli/run-cli.ts';
import { PERIOD_MUTATIONS } from '../period/period-mutations.ts';
import {
  bySeq,
  byTime,
  bytesOf,
  documentOf,
  keyOf,
  openGrown,
  prove,
  proveWithEverything,
  shown,
} from '../period/period-under-test.ts';
import { askSecond, base64, skipWithoutPython } from './second-verifier.ts';

test('the second implementation finds in every proof of a period what the first does', {
  skip: skipWithoutPython(),
}, async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const size = times.length;
  const distinct = [...new Set(times)];
  const periods = [
    ...[1, 2, 5, size - 1].flatMap((from) => [
      bySeq(from, from + 1),
      bySeq(0, from),
      bySeq(from, size),
      bySeq(from, size + 1),
    ]),
    ...distinct.slice(1).map((time) => byTime(distinct[0] ?? '', time)),
    byTime(distinct.at(-1) ?? '', '2999-01-01T00:00:00.000Z'),
  ];
  const sample = await proveWithEverything(service);
  const mutated = PERIOD_MUTATIONS.map(([, change]) => {
    const document = documentOf(sample);
    change(document);
    return bytesOf(document);
  });
  const stale = encodeUtf8(
    Buffer.from(sample)
      .toString('utf8')
      .replace(/"to":\d+/, '"to":9999'),
  );
  const files = [...(await Promise.all(periods.map((period) => prove(service, period)))), ...mutated, stale];
  const logKeys = [service.context.logSigner.vkey];
  const answers = await askSecond(files.map((bytes) => ({ bytes: base64(bytes), logKeys })));
  for (const [index, answer] of answers.entries()) {
    const own = shown(files[index] ?? new Uint8Array(), [keyOf(service)]);
    const theirs = answer.fault?.code ?? { seqs: answer.seqs, ended: answer.ended };
    const ours = typeof own === 'string' ? own : { seqs: own.entries.map(({ entry }) => entry.seq), ended: own.ended };
    assert.deepEqual(theirs, ours, `file ${index}`);
  }
  assert(answers.filter(({ fault }) => fault !== null).length > 30);
});

test('the sizes of a trust file bind proofs of a period, for the program and the second implementation (checkpoint/log-key-differs)', {
  skip: skipWithoutPython(),
}, async () => {
  const { service } = await openGrown();
  await using _ = service;
  const bytes = await proveWithEverything(service);
  const { vkey } = service.context.logSigner;
  const { checkpoint, earlier = '' } = documentOf(bytes);
  const [size, before] = [checkpoint, earlier].map((note) => Number(note.split('\n')[1])) as [number, number];
  assert(before > 0 && before < size, 'of the earlier checkpoint no size is asked for');
  const trusts = [{}, { toSize: size }, { toSize: size - 1 }, { fromSize: size }, { fromSize: size + 1 }].map((sizes) =>
    JSON.stringify({ type: 'waybill/trust/v0', origin: vkey.split('+', 1)[0], logKeys: [{ vkey, ...sizes }] }),
  );
  const answers = await askSecond(trusts.map((trust) => ({ bytes: base64(bytes), trust })));
  const machine = openMachine();
  const [file, brought] = ['period.json', 'trust.json'].map((name) => join(machine.home, name)) as [string, string];
  writeFileSync(file, bytes);
  const told: unknown[] = [];
  for (const trust of trusts) {
    writeFileSync(brought, trust);
    told.push(errorCode(await machine.run('verify', file, '--trust', brought, '--json')));
  }
  const differs = 'checkpoint/log-key-differs';
  assert.deepEqual(told, [undefined, undefined, differs, undefined, differs]);
  assert.deepEqual(
    answers.map(({ fault }) => fault?.code),
    told,
  );
});
