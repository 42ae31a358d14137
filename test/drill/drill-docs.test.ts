import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DRILL_DOCS, formatDrillDocs } from '../../scripts/write-drill-docs.ts';
import { CLI_FAULT_CODES } from '../../src/cli/stop.ts';
import { REPLAY_OUTCOMES } from '../../src/core/custody/replay-verdict.ts';
import { FAULTS } from '../../src/http/faults/faults.ts';
import { DRILLS } from '../../src/main/drill/all-drills.ts';

test('docs/guides/drills.md is what the drills say; run scripts/write-drill-docs.ts where it is not', () => {
  const document = readFileSync(DRILL_DOCS, 'utf8');
  assert.equal(document, formatDrillDocs(document));
});

test('every drill has an id of its own, and expects codes that there are', () => {
  assert.equal(new Set(DRILLS.map(({ id }) => id)).size, DRILLS.length);
  const known = new Set<string>([...Object.keys(FAULTS), ...CLI_FAULT_CODES, ...REPLAY_OUTCOMES]);
  for (const { id, expected, carries } of DRILLS)
    for (const code of [...expected.map((each) => each.code), ...(carries === undefined ? [] : [carries])])
      assert(known.has(code), `${id}: ${code} is no code`);
});

test('a code that the guide says to be shared is that of several drills', () => {
  const [, section = ''] = readFileSync(DRILL_DOCS, 'utf8').split('## Why some share a code');
  const [about = ''] = section.split('\n## ');
  const named = [...about.matchAll(/\*\*`([a-z]+\/[a-z-]+)`\*\*/g)].map(([, code]) => code);
  assert(named.length > 5);
  for (const code of named) {
    const sharing = DRILLS.filter(({ expected }) => expected.some((each) => each.code === code));
    assert(sharing.length > 1, `${code}: ${sharing.map(({ id }) => id).join(', ')}`);
  }
});
