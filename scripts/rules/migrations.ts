import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Repository } from './repository.ts';

/** Lines `<sha256 in hex>  <file name>`, as `sha256sum` writes them: the migrations that some database may have run. */
const RELEASED = 'migrations/released.sha256';

/**
 * Migrations are numbered without gaps, say what they do before they do it, and never change once released. A database
 * that ran the earlier text would otherwise differ from a fresh one for ever.
 */
export function checkMigrations(repository: Repository): readonly Finding[] {
  const rule = 'migrations';
  const files = repository.files.filter((file) => /^migrations\/.*\.sql$/.test(file));
  const findings: Finding[] = [];
  for (const [index, file] of files.entries()) {
    const number = String(index + 1).padStart(4, '0');
    if (!new RegExp(`^migrations/${number}_[a-z0-9_]+\\.sql$`).test(file)) {
      findings.push({ at: file, rule, message: `expected the name ${number}_what_it_does.sql` });
    }
    if (!/^\s*--/.test(repository.read(file))) {
      findings.push({ at: file, rule, message: 'starts without a comment on purpose, lock taken, breaking or not' });
    }
  }
  for (const { name, hash } of readReleased(repository)) {
    const file = `migrations/${name}`;
    if (!files.includes(file)) findings.push({ at: file, rule, message: 'released, and no longer there' });
    else if (hashOf(repository, file) !== hash)
      findings.push({ at: file, rule, message: 'released, and changed since' });
  }
  return findings;
}

function readReleased(repository: Repository): readonly { readonly name: string; readonly hash: string }[] {
  if (!repository.files.includes(RELEASED)) return [];
  const lines = repository.read(RELEASED).split('\n');
  return lines.filter((line) => line !== '').map((line) => ({ hash: line.slice(0, 64), name: line.slice(66) }));
}

function hashOf(repository: Repository, file: string): string {
  return createHash('sha256')
    .update(readFileSync(path.join(repository.root, file)))
    .digest('hex');
}
