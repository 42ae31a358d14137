import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { processorMs } from '../harness/processor-time.ts';
import { type FuzzedParser, fuzzParser } from './fuzz-parser.ts';
import { NO_PARSERS, PARSERS } from './parser-registry.ts';
import { seededRandom } from './seeded-random.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const EXPORT = /^export (?:async )?function ((?:parse|read|open|decode|recognise)[A-Z0-9]\w*|decode)\b/gm;

/** Exports of these files that are named as what reads something. */
function named(file: string, source: string): readonly string[] {
  return [...source.matchAll(EXPORT)].map(([, name]) => `${file} ${name}`);
}

test('every parser of core is fuzzed: what is named like one is in the registry, or said to be none', () => {
  const files = globSync('core/**/*.ts', { cwd: SRC }).sort();
  const found = files.flatMap((file) => named(file, readFileSync(join(SRC, file), 'utf8')));
  assert(found.length > 30);
  const known = new Set([...PARSERS.map(({ name }) => name), ...Object.keys(NO_PARSERS)]);
  assert.deepEqual(
    found.filter((name) => !known.has(name)),
    [],
  );
  // A new one would be seen, and the registry names nothing that is gone.
  assert.deepEqual(named('core/a.ts', 'export function parseNew(bytes: Uint8Array) {'), ['core/a.ts parseNew']);
  for (const name of known) {
    const [file = '', called = ''] = name.split(' ');
    assert(readFileSync(join(SRC, file), 'utf8').includes(`function ${called}`), name);
  }
});

for (const parser of PARSERS) {
  test(`${parser.name}: whatever it is given, it answers a value or a known code, in time, and one spelling stays one`, () => {
    const { read, refused } = fuzzParser(parser, 1_000, seededRandom(7));
    assert(refused.size > 0 || read > 0);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
}

/** Parsers with a fault each, and what must be said of them. */
const PLANTED: readonly (readonly [what: string, parse: FuzzedParser['parse'], said: RegExp])[] = [
  [
    'throws',
    (bytes) => {
      if (bytes.length === 7) throw new RangeError('planted');
      return 'read';
    },
    /planted throws for /,
  ],
  [
    'refuses under a code of its own',
    ({ length }) => (length === 3 ? { code: 'made/up' } : 'read'),
    /unknown code made\/up/,
  ],
  ['reads two spellings', (bytes) => ({ given: bytes, again: bytes[0] === 0 ? '' : bytes }), /would write otherwise/],
  [
    'takes very long',
    ({ length }) => {
      for (const end = processorMs() + 600; length === 2 && processorMs() < end; );
      return 'read';
    },
    /takes \d+ ms/,
  ],
];

for (const [what, parse, said] of PLANTED) {
  test(`a parser that ${what} is found`, () => {
    const planted: FuzzedParser = { name: 'planted', seeds: [Buffer.from('abcd')], parse };
    assert.throws(() => fuzzParser(planted, 20_000, seededRandom(3)), said);
  });
}
