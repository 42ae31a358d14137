import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSearchTerms } from '../../src/service/search-terms.ts';

function termsOf(text: string) {
  const read = readSearchTerms(text);
  return read.ok ? read.value : read.fault.code;
}

test('a text is read as each thing that it can be the beginning of', () => {
  for (const [text, terms] of [
    ['sha256:8B46', { image: 'sha256:8b46' }],
    [` sha256:${'4f'.repeat(32)}\n`, { image: `sha256:${'4f'.repeat(32)}` }],
    ['shop/api@sha256:8b46', { image: 'sha256:8b46', imageRepository: 'shop/api' }],
    ['gitCommit:5b5b', { commit: '5b5b' }],
    ['CAFE', { image: 'sha256:cafe', commit: 'cafe', signer: 'cafe', tag: 'CAFE', name: 'cafe' }],
    ['caf', { tag: 'caf', name: 'caf' }],
    ['r-k7', { run: 'r-k7', tag: 'r-k7', name: 'r-k7' }],
    ['w-k7', { waiver: 'w-k7', tag: 'w-k7', name: 'w-k7' }],
    ['v1.4.2-RC', { tag: 'v1.4.2-RC', name: 'v1.4.2-rc' }],
    ['_next', { tag: '_next' }],
    ['shop/api:1.4', { tag: '1.4', tagRepository: 'shop/api', name: 'shop/api:1.4' }],
    ['shop/', { name: 'shop/' }],
    ['registry.example:5000/shop', { name: 'registry.example:5000/shop' }],
  ] as const)
    assert.deepEqual(termsOf(text), terms, text);
});

test('what too much would begin with is refused, and so is what nothing is called (search/too-short, search/not-searchable)', () => {
  for (const text of ['s', 'sha256:', 'sha256:8b4', 'gitCommit:5b', 'shop/api@sha256:1'])
    assert.equal(termsOf(text), 'search/too-short', text);
  for (const text of [
    '',
    '   ',
    '%',
    'shop api',
    "x' OR 1=1",
    `sha256:${'4f'.repeat(33)}`,
    'sha256:xyzw',
    'sha512:abcd@x',
    'шоп',
    '\u0000\u0001',
  ])
    assert.equal(termsOf(text), 'search/not-searchable', text);
});

test('whatever is typed is read or refused, and what is read begins as it was typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const terms = termsOf(text);
      if (typeof terms === 'string') return /^search\//.test(terms);
      const typed = text.trim().toLowerCase();
      return Object.values(terms).every((term) => typed.includes(term.toLowerCase().replace(/^sha256:/, '')));
    }),
  );
});
