import { statSync } from 'node:fs';
import path from 'node:path';
import { type Finding, isText, lineOf, type Repository } from './repository.ts';

const VAGUE_NAME = /^(utils?|helpers?|common|misc|shared)$/;
const FILE_BYTES_MAX = 2 << 20;

/** A word that must not stay, with the kind of file that it is looked for in. */
const BANNED_TEXT = [
  {
    rule: 'leftover-marker',
    files: /\.(tsx?|js|sql|sh|css|ya?ml)$|(^|\/)[^./]+$/,
    pattern: /\b(?:FIX[M]E|XX[X]|HA[C]K)\b|\bTO[D]O\b(?!\(#\d+\))|\bdebug[g]er;/g,
    message: 'finish it, or write the marker with its issue number',
  },
  {
    rule: 'single-test',
    files: /\.test\.ts$/,
    pattern: /\b(?:test|it|describe|suite)\.onl[y]\(/g,
    message: 'would skip every other test of the file',
  },
  {
    rule: 'absolute-path',
    files: /./,
    pattern: /(?<![\w.@:/*-])\/(?:work|root|home|Users|tmp\/wb)\/[\w.-]+/g,
    message: 'exists on one machine only',
  },
  {
    rule: 'registry-host',
    files: /./,
    pattern: /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.\w+|\bnpm\.pkg\.github\.com/g,
    message: 'which registry is used is the reader’s configuration',
  },
] as const;

/** Rules about names and texts that no compiler or linter holds. */
export function checkTidiness(repository: Repository): readonly Finding[] {
  return [
    ...repository.files.flatMap((file) => [...checkName(file), ...checkSize(repository, file)]),
    ...repository.files.filter(isText).flatMap((file) => checkText(file, repository.read(file))),
    ...checkLockfile(repository),
  ];
}

function checkName(file: string): readonly Finding[] {
  const vague = file.split('/').find((part) => VAGUE_NAME.test(part.replace(/\..*$/, '')));
  if (vague === undefined) return [];
  return [{ at: file, rule: 'vague-name', message: `"${vague}" says nothing; name it after what it holds` }];
}

function checkSize(repository: Repository, file: string): readonly Finding[] {
  if (statSync(path.join(repository.root, file)).size <= FILE_BYTES_MAX) return [];
  return [{ at: file, rule: 'large-file', message: 'over 2 MiB; generate or download it instead' }];
}

function checkText(file: string, text: string): readonly Finding[] {
  return BANNED_TEXT.filter(({ files }) => files.test(file)).flatMap(({ rule, pattern, message }) =>
    [...text.matchAll(pattern)].map((match) => ({
      at: `${file}:${lineOf(text, match.index)}`,
      rule,
      message: `"${match[0]}": ${message}`,
    })),
  );
}

/** Download addresses would tie every installation to the registry of whoever wrote the lockfile last. */
function checkLockfile(repository: Repository): readonly Finding[] {
  const file = 'package-lock.json';
  if (!repository.files.includes(file)) return [{ at: file, rule: 'lockfile', message: 'missing' }];
  const text = repository.read(file);
  return [...text.matchAll(/"resolved"\s*:/g)].map((match) => ({
    at: `${file}:${lineOf(text, match.index)}`,
    rule: 'lockfile',
    message: 'carries "resolved"; install with the settings of .npmrc',
  }));
}
