import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TIME } from '../../src/core/entry/names.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';

const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

test('every instant of the years 0000 to 9999 is spelled and read as Date does', () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), (milliseconds) => {
      const text = formatTime(milliseconds);
      assert.equal(text, new Date(milliseconds).toISOString());
      assert.equal(parseTime(text), milliseconds);
    }),
    { numRuns: 2000 },
  );
});

test('ends of years, leap days and the ends of the range are spelled and read as Date does', () => {
  const instants = ['1900-02-28', '2000-02-29', '2024-02-29', '2100-02-28', '0000-02-29', '1969-12-31', '1970-01-01'];
  const ends = instants.flatMap((day) => [`${day}T00:00:00.000Z`, `${day}T23:59:59.999Z`]);
  for (const text of [...ends, '0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']) {
    assert.equal(parseTime(text), Date.parse(text), text);
    assert.equal(formatTime(Date.parse(text)), text);
  }
});

test('days that their month does not have are no times', () => {
  for (const day of [
    '2026-02-29',
    '2100-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-06-31',
    '2026-11-31',
  ]) {
    assert.equal(parseTime(`${day}T00:00:00.000Z`), undefined, day);
  }
});

test('the spelling alone refuses days that their month does not have, so that entries with them are refused', () => {
  for (let year = 0; year < 10_000; year += year % 100 === 3 ? 97 : 1) {
    for (const month of [1, 2, 4, 9, 11, 12]) {
      for (const day of [28, 29, 30, 31]) {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${day}T00:00:00.000Z`;
        const date = new Date(text);
        assert.equal(TIME.test(text), date.getUTCDate() === day && date.toISOString() === text, text);
      }
    }
  }
});

test('another spelling of a time is none', () => {
  for (const text of [
    '',
    '2026-03-01T12:00:00Z',
    '2026-03-01T12:00:00.0000Z',
    '2026-03-01 12:00:00.000Z',
    '2026-03-01T12:00:00.000+00:00',
    '2026-03-01T12:00:00.000z',
    '2026-03-01T24:00:00.000Z',
    '2026-03-01T23:59:60.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-01T00:00:00.000Z',
    '2026-01-00T00:00:00.000Z',
    '+02026-03-01T12:00:00.000Z',
    ' 2026-03-01T12:00:00.000Z',
    '2026-03-01T12:00:00.000Z\n',
  ])
    assert.equal(parseTime(text), undefined, JSON.stringify(text));
});

test('times compare as texts as they do as instants', () => {
  const instant = fc.integer({ min: FIRST, max: LAST });
  fc.assert(fc.property(instant, instant, (a, b) => formatTime(a) < formatTime(b) === a < b));
});
