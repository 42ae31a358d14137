import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS } from '../../src/config/config.ts';
import { findUnknownVariables } from '../../src/config/unknown-variables.ts';

test('a misspelt setting is named with the nearest one', () => {
  const environment = {
    WAYBILL_RATE_READ: '5',
    WAYBILL_PROT: '80',
    WAYBILL_KEY_PASSPHRASE: '',
    WAYBILL_log_level: 'info',
    WAYBILL_ABSENT: undefined,
    WAYBIL_PORT: '1',
  };
  assert.deepEqual(findUnknownVariables(environment), [
    { name: 'WAYBILL_KEY_PASSPHRASE', nearest: 'WAYBILL_KEY_PASSPHRASE_FILE' },
    { name: 'WAYBILL_PROT', nearest: 'WAYBILL_PORT' },
    { name: 'WAYBILL_RATE_READ', nearest: 'WAYBILL_RATE_READS' },
    { name: 'WAYBILL_log_level', nearest: 'WAYBILL_LOG_LEVEL' },
  ]);
});

test('settings, and what the command line, the launcher, the composition and tests read, are all known', () => {
  const others = ['WAYBILL_URL', 'WAYBILL_TOKEN', 'WAYBILL_LOG_KEY', 'WAYBILL_RELAUNCHED', 'WAYBILL_PUBLISHED_PORT'];
  const ofTests = ['WAYBILL_TEST_POSTGRES', 'WAYBILL_SOAK_SEED', 'WAYBILL_SOAK_SHARE'];
  const all = [...SETTINGS, ...others, ...ofTests, 'PATH', 'DATABASE_UR'];
  assert(all.includes('WAYBILL_RATE_READS'));
  assert.deepEqual(findUnknownVariables(Object.fromEntries(all.map((name) => [name, 'x']))), []);
});

test('a name that is hostile to a terminal, or very long, is told harmlessly', () => {
  const [first] = findUnknownVariables({ [`WAYBILL_\u001b[2J\n${'X'.repeat(1_000_000)}`]: '1' });
  assert.match(first?.name ?? '', /^WAYBILL_\?\?2J\?X+$/);
  assert(first !== undefined && first.name.length <= 60);
});
