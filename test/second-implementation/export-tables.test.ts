import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import { sample } from '../entry/sample-entries.ts';
import { type Draft, draftsOfEveryKind, type Log, linkLog, VKEY } from '../export/export-under-test.ts';
import { askBoth } from './export-folders.ts';
import { madeFolder } from './made-folder.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

/** Texts that a cell can hold, of which a spelling could go wrong. */
const TEXTS = [
  '=SUM(A1)',
  '+1',
  '-1',
  '@a',
  '\tx',
  '\rx',
  '\nx',
  "'x",
  "''",
  '"',
  'a"b',
  'a,b',
  'a\r\nb',
  ' x',
  'x ',
  '\u00a0x',
  'x\u3000',
  '\ufeffx',
  '\u2028',
  '\u0085x',
  '\u180ex',
  '\u200bx',
  '\u001cx',
  '\vx',
  'x\f',
  '＝1',
  '😀',
  '\u0000',
  ' ',
  '-',
];

function draft(kind: string, change: object, bytes?: Uint8Array): Draft {
  const { v: _v, log: _log, seq: _seq, prev: _prev, time: _time, keys: _keys, ...fields } = sample(kind);
  const proposal = { ...fields, ...change } as unknown as Proposal;
  const time = '2026-03-01T13:00:00.000Z';
  return bytes === undefined ? { proposal, time } : { proposal, time, bytes };
}

const json = (value: unknown) => Buffer.from(formatCanonicalJson(value as Json));
const bodyOf = (kind: string) => sample(kind).body as object;

/** Something of every kind, then documents of every form, and what runs and waivers should not do. */
function oddLog(): Log {
  const titles = TEXTS.map((title) => ({ title }));
  const odd = [
    {},
    { person: ['a', 1, 'b'], repositories: 'text', stages: [] },
    { person: 'p', repositories: ['a b', 'c'], stages: ['', '*'], title: '' },
    { repositories: [''], stages: ['', ''] },
    { person: null, title: 7, stages: {}, repositories: [null] },
  ];
  const documents: Uint8Array[] = [...titles, ...odd].map(json);
  documents.push(Buffer.from('{ "title": "x" }'), Buffer.from('{"title":"x","title":"y"}'), Buffer.from('["title"]'));
  documents.push(Buffer.from(''), Buffer.from('"x"'), Buffer.from([0xff]));
  const reasons = [...TEXTS.map((reason) => json({ reason })), json({ reason: 'x', more: 1 }), json({}), documents[0]];
  const [run, other] = [sample('run.opened').run, 'r-22222222222222222222222222'];
  return linkLog([
    ...draftsOfEveryKind(),
    ...documents.map((bytes) => draft('principal.granted', {}, bytes)),
    ...documents.map((bytes) => draft('signer.registered', {}, bytes)),
    ...reasons.map((bytes) => draft('waiver.requested', {}, bytes ?? Buffer.from(''))),
    draft('waiver.approved', {}),
    draft('run.opened', { run }),
    draft('run.opened', { run: other }),
    draft('run.opened', { run }),
    draft('run.opened', { run: other, body: { ...bodyOf('run.opened'), contracts: [], stages: [] } }),
    draft('settings.changed', { body: { dualControl: false } }),
    draft('map.committed', {}),
  ]);
}

test('every table of two implementations is the same to the byte, whatever its entries and documents say', {
  skip,
}, async () => {
  const log = oddLog();
  const hidden = { ...log, documents: new Map([...log.documents].filter(([seq]) => seq % 3 !== 0)) };
  const size = log.leaves.length;
  const folders = [
    madeFolder(log, ['csv', 'json']),
    madeFolder(hidden, ['csv', 'json']),
    madeFolder(log, ['json'], 0, 20),
    madeFolder(log, ['csv'], 5, size - 3),
    madeFolder(log, ['csv'], size - 1, size),
  ];
  for (const [index, [first, second]] of (await askBoth(folders, VKEY)).entries()) {
    assert.equal(first.fault, undefined, `folder ${index}`);
    assert.deepEqual(second, first, `folder ${index}`);
  }
  const open = readFileSync(join(folders[0] ?? '', 'open.csv'), 'utf8');
  assert(open.split('\r\n').length > 4, open);
});
