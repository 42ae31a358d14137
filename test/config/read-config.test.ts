import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../../src/config/config.ts';

test('a setting that is no number is refused by its name, in words that its writer used', () => {
  for (const [name, value] of [
    ['WAYBILL_PORT', 'web'],
    ['WAYBILL_RATE_READS', '1e9x'],
    ['WAYBILL_DATABASE_CONNECTIONS', 'many'],
  ] as const) {
    assert.throws(
      () => readConfig({ [name]: value }, '/'),
      (error) =>
        error instanceof ConfigError && error.message.startsWith(`${name}: `) && !error.message.includes('NaN'),
    );
  }
});
