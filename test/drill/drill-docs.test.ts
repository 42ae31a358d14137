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
