import { test } from 'node:test';
import { exportYear } from './export-year.ts';

/** A year of a small shop; test/soak/export.soak.ts has the year of a large one, and looks at its memory. */
const ENTRIES = 4_000;

test('an export goes on after kill -9 to the same bytes, and is refused where one entry of thousands is withheld', {
  timeout: 240_000,
}, async (t) => {
  const { entries, bytes } = await exportYear(t, ENTRIES);
  t.diagnostic(`${entries} entries, ${bytes} bytes`);
});
