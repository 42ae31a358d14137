import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Stop } from '../../src/cli/stop.ts';
import { readConfig } from '../../src/config/config.ts';
import { foreseen } from '../../src/main/foreseen.ts';
import { startService } from '../../src/main/serve.ts';
import { makeFolder } from '../harness/embedded-folder.ts';
import { type Fate, openRoundTripProxy } from '../harness/round-trip-proxy.ts';
import { createTestDatabase } from '../harness/test-database.ts';

/** What a start may complain of when its database goes away in the middle. */
const FORESEEN = /^database\/(?:unreachable|migration-failed)$/;

test('a start whose database goes away in any round trip ends with a code, and the next one serves', async (t) => {
  await using database = await createTestDatabase();
  await using proxy = await openRoundTripProxy(database.adminUrl);
  const folder = makeFolder(t);
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
  const config = readConfig(
    {
      WAYBILL_DATA: join(folder, 'data'),
      WAYBILL_KEYS: join(folder, 'keys'),
      WAYBILL_PORT: '0',
      WAYBILL_LOG_LEVEL: 'silent',
      WAYBILL_KEY_PASSPHRASE_FILE: passphraseFile,
      DATABASE_URL: proxy.url,
    },
    folder,
  );
  /** The code that a start ended with, or `serves`. */
  const start = async (): Promise<string> => {
    try {
      const running = await foreseen(() => startService(config, () => undefined));
      await running.stop();
      return 'serves';
    } catch (error) {
      if (error instanceof Stop) return error.complaint.code;
      throw error;
    }
  };
  assert.equal(await start(), 'serves');
  proxy.watch();
  assert.equal(await start(), 'serves');
  const trips = proxy.count();
  assert(trips > 15, `a start takes ${trips} round trips`);

  const met = new Set<string>();
  for (let cut = 0; cut < trips; cut += 1) {
    const executed = cut % 2 === 0;
    proxy.watch((trip): Fate => (trip.index === cut && trip.executed === executed ? 'cut' : 'pass'));
    const code = await start();
    assert(code === 'serves' || FORESEEN.test(code), `cut at round trip ${cut}: ${code}`);
    met.add(code);
    proxy.watch();
  }
  assert(met.has('database/unreachable'));
  assert.equal(await start(), 'serves');
});
