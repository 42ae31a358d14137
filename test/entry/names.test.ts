import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverageKey, sourceKey, subjectKey } from '../../src/core/entry/keys.ts';
import { ENTRY_KEY, globMatches, globsFor, REPOSITORY, REPOSITORY_GLOB } from '../../src/core/entry/names.ts';
import { processorMs } from '../harness/processor-time.ts';

const part = fc.stringMatching(/^[a-z0-9]{1,4}(?:[._-][a-z0-9]{1,3}){0,2}$/);
const repository = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('whatever glob matches a repository is among those that a verifier asks for, and those all match', () => {
  fc.assert(
    fc.property(repository, repository, fc.nat(5), (name, other, cut) => {
      assert(REPOSITORY.test(name));
      const asked = globsFor(name);
      assert(asked.every((glob) => globMatches(glob, name) && REPOSITORY_GLOB.test(glob)));
      assert.equal(new Set(asked).size, asked.length);
      const prefix = name.split('/').slice(0, cut).join('/');
      for (const glob of ['*', name, other, `${other}/*`, ...(prefix === '' ? [] : [prefix, `${prefix}/*`])]) {
        assert.equal(globMatches(glob, name), asked.includes(glob), `${glob} ${name}`);
      }
    }),
  );
});

test('a prefix glob reaches what is below it, not itself nor its neighbours', () => {
  assert.equal(globMatches('shop/*', 'shop/api'), true);
  assert.equal(globMatches('shop/*', 'shop/api/v2'), true);
  assert.equal(globMatches('shop/*', 'shop'), false);
  assert.equal(globMatches('shop/*', 'shopping/api'), false);
  assert.equal(globMatches('shop', 'shop/api'), false);
});

test('keys of globs and commits are the hashes that the specification names', () => {
  const commit = 'a'.repeat(40);
  assert.equal(coverageKey('shop/*'), `coverage:${sha256('shop/*')}`);
  assert.equal(sourceKey('shop/api', commit), `source:${sha256(`shop/api\0${commit}`)}`);
  assert.equal(subjectKey('shop/api', `gitCommit:${commit}`), sourceKey('shop/api', commit));
  assert.equal(subjectKey('shop/api', `sha256:${'b'.repeat(64)}`), `image:sha256:${'b'.repeat(64)}`);
  for (const key of [coverageKey('*'), sourceKey('x', commit)]) assert.match(key, ENTRY_KEY);
});

test('hostile names are refused in time that grows with their length alone', () => {
  const start = processorMs();
  for (const pattern of [REPOSITORY, REPOSITORY_GLOB, ENTRY_KEY]) {
    for (const unit of ['a-', 'a.', 'a/', '-', 'a__', 'a:1/', '0'])
      pattern.test(`${unit.repeat(60_000 / unit.length)}!`);
  }
  assert(processorMs() - start < 2000);
});
