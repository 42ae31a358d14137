import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Finding, lineOf, type Repository } from './repository.ts';

const LINK = /!?\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;

/** Markdown: every file starts with its title, and every link within the repository leads somewhere. */
export function checkDocuments(repository: Repository): readonly Finding[] {
  const documents = repository.files.filter((file) => file.endsWith('.md'));
  return documents.flatMap((file) => {
    const text = blankCode(repository.read(file));
    return [...checkTitle(file, text), ...checkLinks(repository, file, text)];
  });
}

function checkTitle(file: string, text: string): readonly Finding[] {
  if (/^# \S/.test(text.trimStart())) return [];
  return [{ at: file, rule: 'title', message: 'starts without a "# " title' }];
}

function checkLinks(repository: Repository, file: string, text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(LINK)) {
    const [target = '', anchor] = (match[1] ?? '').split('#', 2);
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
    const destination = target === '' ? file : path.posix.join(path.posix.dirname(file), decodeURI(target));
    if (!leadsSomewhere(repository, destination, anchor)) {
      const at = `${file}:${lineOf(text, match.index)}`;
      findings.push({ at, rule: 'link', message: `"${match[1]}" leads nowhere` });
    }
  }
  return findings;
}

function leadsSomewhere(repository: Repository, destination: string, anchor: string | undefined): boolean {
  if (destination.startsWith('..') || !existsSync(path.join(repository.root, destination))) return false;
  if (anchor === undefined || !destination.endsWith('.md')) return true;
  const headings = [...blankCode(repository.read(destination)).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)];
  return headings.some((heading) => anchorOf(heading[1] ?? '') === anchor);
}

/** The anchor that common renderers give a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** Fenced blocks hold examples, neither titles nor links; blanked, so that offsets stay. */
function blankCode(text: string): string {
  return text.replaceAll(/^(`{3,}|~{3,})[\s\S]*?^\1[^\n]*$/gm, (block) => block.replaceAll(/[^\n]/g, ' '));
}
