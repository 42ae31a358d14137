import { test } from 'node:test';
import { GUIDE_RUNS } from './guide-runs.ts';
import { lacksPrograms, runGuide } from './run-guide.ts';

for (const [page, check] of Object.entries(GUIDE_RUNS))
  test(
    `every command of ${page} runs as it stands there, from the first to the last`,
    {
      timeout: 900_000,
      skip: lacksPrograms(),
    },
    () => runGuide(page, async (run) => check(run)),
  );
