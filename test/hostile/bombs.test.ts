import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNote } from '../../src/core/checkpoint/signed-note.ts';
import { parseTlogProof } from '../../src/core/checkpoint/tlog-proof.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { parseEnvelope } from '../../src/core/dsse/envelope.ts';
import { parseBase64 } from '../../src/core/encoding/base64.ts';
import { parseJson } from '../../src/core/encoding/json.ts';
import type { Result } from '../../src/core/fault.ts';
import { recogniseDocument } from '../../src/core/statement/recognise-document.ts';
import { EVIDENCE_OPEN } from '../../src/report/page.ts';
import { readReport } from '../../src/report/read-report.ts';
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts';
import { processorMs } from '../harness/processor-time.ts';
import { billionLaughsXml, billionLaughsYaml } from './bombs.ts';
import { patternsIn, slowestAttack } from './pattern-attacks.ts';
import { seededRandom } from './seeded-random.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const MIB = 1024 * 1024;
/** Longest that a pattern may take for 20,000 characters, on a machine that does other things as well. */
const PATTERN_MS_MAX = 100;

/** Patterns that no text from outside reaches. */
const OWN_TEXT: readonly string[] = [
  // The address of the service that the user of the command line names.
  'cli/connect.ts',
  'client/transport.ts',
  // Base64 of random bytes of ours.
  'service/manage-tokens.ts',
];

test('no pattern of the source takes long, whatever is repeated in front of an end that it does not expect', () => {
  const random = seededRandom(17);
  const files = globSync('**/*.ts', { cwd: SRC }).sort();
  const found = files.flatMap((file) => patternsIn(file, readFileSync(join(SRC, file), 'utf8')));
  assert(found.length > 100, `${found.length} patterns`);
  for (const { at, pattern } of found) {
    if (OWN_TEXT.some((file) => at.startsWith(`${file}:`))) continue;
    const { ms, text } = slowestAttack(pattern, random, PATTERN_MS_MAX);
    assert(
      ms <= PATTERN_MS_MAX,
      `${at} ${pattern} takes ${Math.round(ms)} ms for ${JSON.stringify(text.slice(0, 80))}…`,
    );
  }
});

test('a pattern that backtracks is found, by an exponent and by a square', () => {
  for (const source of ['return /(a|a)*b/.test(x);', 'if (/\\s+$/.test(text))']) {
    const [found] = patternsIn('planted.ts', source);
    assert(found !== undefined, source);
    const { ms } = slowestAttack(found.pattern, seededRandom(1), PATTERN_MS_MAX);
    assert(ms > PATTERN_MS_MAX, `${source} ${ms}`);
  }
});

/** Large inputs that cost a reader far more than their sender, each within seconds and hundreds of megabytes. */
const BOMBS: readonly (readonly [what: string, read: () => Result<unknown>, code: string | undefined])[] = [
  ['arrays without end', () => parseJson(Buffer.from('['.repeat(8 * MIB))), 'encoding/too-deep'],
  ['objects without end', () => parseJson(Buffer.from('{"a":'.repeat(2 * MIB))), 'encoding/too-deep'],
  [
    'empty arrays by the million',
    () => parseJson(Buffer.from(`[${'[],'.repeat(5_000_000)}0]`)),
    'encoding/too-many-members',
  ],
  ['a number of a million digits', () => parseJson(Buffer.from('9'.repeat(MIB))), 'encoding/number-out-of-range'],
  ['a fraction of a million digits', () => parseJson(Buffer.from(`0.${'9'.repeat(MIB)}`)), undefined],
  [
    'an exponent of a million digits',
    () => parseJson(Buffer.from(`1e${'9'.repeat(MIB)}`)),
    'encoding/number-out-of-range',
  ],
  ['a text of a million escapes', () => parseJson(Buffer.from(`"${'\\u0061'.repeat(MIB)}"`)), undefined],
  [
    'a million texts with half a character each',
    () => parseJson(Buffer.from(`[${'"\\ud800",'.repeat(MIB)}0]`)),
    'encoding/lone-surrogate',
  ],
  ['base64 of 32 MiB', () => parseBase64('A'.repeat(32 * MIB)), undefined],
  ['base64 that is wrong at its end', () => parseBase64(`${'A'.repeat(32 * MIB - 1)}*`), 'encoding/malformed-base64'],
  [
    'an envelope with a million signatures',
    () =>
      parseEnvelope(
        Buffer.from(`{"payloadType":"a","payload":"","signatures":[${'{"sig":""},'.repeat(500_000)}{"sig":""}]}`),
      ),
    'dsse/too-many-signatures',
  ],
  [
    'XML with a prolog of comments',
    () => recogniseDocument(Buffer.from(`${'<!---->'.repeat(500_000)}<testsuites/>`)),
    'statement/unrecognised-document',
  ],
  [
    'XML with a prolog of white space',
    () => recogniseDocument(Buffer.from(`<?xml?>${' '.repeat(8 * MIB)}<testsuites/>`)),
    'statement/unrecognised-document',
  ],
  ['XML entities', () => recogniseDocument(Buffer.from(billionLaughsXml())), 'statement/doctype-not-allowed'],
  [
    'control characters by the million',
    () =>
      recogniseDocument(Buffer.from(`{"bomFormat":"CycloneDX","specVersion":"1.6","a":"${'\x01'.repeat(2 * MIB)}"}`)),
    'statement/unrecognised-document',
  ],
  ['YAML aliases', () => parseYamlDocument(Buffer.from(billionLaughsYaml())), 'http/malformed-yaml'],
  [
    'YAML of a quarter megabyte of names',
    () => parseYamlDocument(Buffer.from(Array.from({ length: 20_000 }, (_, i) => `a${i}: 1`).join('\n'))),
    undefined,
  ],
  [
    'a note of 100,000 lines',
    () => openNote(`a\n\n${'— a AAAAAAA=\n'.repeat(50_000)}`, []),
    'note/too-many-signatures',
  ],
  [
    'a proof of a million hashes',
    () => parseTlogProof(`c2sp.org/tlog-proof@v1\nindex 0\n${'AAAA\n'.repeat(300_000)}\na\n`),
    'tlog-proof/malformed',
  ],
  [
    'evidence of nothing but brackets',
    () => parseEvidence(Buffer.from('['.repeat(8 * MIB))),
    'custody/malformed-evidence',
  ],
  [
    'a page of tags that never end',
    () => readReport(Buffer.from(`${EVIDENCE_OPEN}{}</script>${'<script '.repeat(200_000)}`)),
    'report/malformed',
  ],
  [
    'a page of scripts that never end',
    () => readReport(Buffer.from(`${EVIDENCE_OPEN}{}</script>${'<script>'.repeat(200_000)}`)),
    undefined,
  ],
  [
    'a page of ends without beginnings',
    () => readReport(Buffer.from(`${EVIDENCE_OPEN}{}</script><script>${'</script'.repeat(200_000)}`)),
    undefined,
  ],
];

for (const [what, read, code] of BOMBS) {
  test(`${what}: ${code ?? 'read'}, within seconds`, () => {
    const started = processorMs();
    const result = read();
    const milliseconds = processorMs() - started;
    assert.equal(result.ok ? undefined : result.fault.code, code);
    assert(milliseconds < 5_000, `${milliseconds} ms`);
  });
}
