import assert from 'node:assert/strict';
import { it } from 'node:test';
import { preferredType } from '../../src/http/preferred-type.ts';

const OFFERED = ['text/html', 'application/json', 'text/csv'] as const;

it('the media type of a reply is the one that the caller would rather have (RFC 9110 section 12.5.1)', () => {
  for (const [accept, type] of [
    [undefined, 'text/html'],
    ['', 'text/html'],
    ['*/*', 'text/html'],
    ['text/csv', 'text/csv'],
    ['application/json', 'application/json'],
    ['application/json;q=0.5, text/csv;q=0.9', 'text/csv'],
    ['text/html;q=0.1, */*', 'application/json'],
    ['text/*;q=0.9, application/json;q=0.8', 'text/html'],
    ['text/html;q=0, text/*', 'text/csv'],
    ['TEXT/CSV ; charset=utf-8', 'text/csv'],
    ['text/html, application/json', 'text/html'],
    ['image/png', 'text/html'],
    ['text/csv;q=x', 'text/html'],
    [`text/csv${' '.repeat(2_000)}`, 'text/html'],
  ] as const)
    assert.equal(preferredType(accept, OFFERED), type, String(accept));
});
