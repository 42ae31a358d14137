import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROLES } from '../../src/core/entry/kinds/principal-granted.ts';
import { formatGrantDocument, parseGrantDocument } from '../../src/core/trust/grant-document.ts';

function codeOf(grant: Parameters<typeof formatGrantDocument>[0]): string {
  const parsed = parseGrantDocument(formatGrantDocument(grant));
  return parsed.ok ? 'read' : parsed.fault.code;
}

test('an admin is one for everything: one limited to a scope could widen it (grant/admin-limited)', () => {
  assert.equal(codeOf({ role: 'admin', repositories: ['*'], stages: ['*'] }), 'read');
  assert.equal(codeOf({ role: 'admin', repositories: ['shop/*'], stages: ['*'] }), 'grant/admin-limited');
  assert.equal(codeOf({ role: 'admin', repositories: ['*'], stages: ['test'] }), 'grant/admin-limited');
});

test('every other role may be limited', () => {
  for (const role of ROLES.filter((role) => role !== 'admin')) {
    assert.equal(codeOf({ role, repositories: ['shop/*'], stages: ['test'] }), 'read', role);
  }
});
