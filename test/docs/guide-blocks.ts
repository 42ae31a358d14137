import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tours.ts';

/** One fenced block of a page. */
export type Block = {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What a comment before the block says of it: `file: NAME` that it is saved as, `not run: REASON`, `tour: NAME`. */
  readonly mark?: { readonly says: string; readonly what: string };
};

const FENCE = /^```(.*)$/;
const MARK = /^<!-- ([a-z ]+): (.+) -->$/;
const AFTER = /^<!-- after: (.+) -->$/m;

/** Every guide that has a block of commands; the others have nothing to run. */
export function guidesWithCommands(): readonly string[] {
  return readdirSync(join(ROOT, 'docs/guides'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/guides/${name}`)
    .filter((page) => readBlocks(page).some(({ language }) => language === 'sh'))
    .sort();
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced blocks of a page, in their order. */
export function readBlocks(page: string, text = readPage(page)): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let open: { readonly line: number; readonly language: string } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = FENCE.exec(line);
    if (fence === null) continue;
    if (open === undefined) {
      open = { line: index + 1, language: fence[1] ?? '' };
      continue;
    }
    const mark = MARK.exec(lines[open.line - 2] ?? '');
    blocks.push({
      page,
      ...open,
      text: lines.slice(open.line, index).join('\n'),
      ...(mark === null ? {} : { mark: { says: mark[1] ?? '', what: mark[2] ?? '' } }),
    });
    open = undefined;
  }
  return blocks;
}

/** Tours of the README that a guide says it begins after, in their order. */
export function beginsAfter(page: string, text = readPage(page)): readonly string[] {
  return AFTER.exec(text)?.[1]?.split(', ') ?? [];
}

/** Commands that a block lets fail, as the shell names them, each behind the exit code that a comment says: `# exit code 11`. */
export function announcedFailures({ text }: Block): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const code = /\s#.*\bexit code ([1-9]\d*)/.exec(line)?.[1];
    return code === undefined ? [] : [`${code} ${(line.split(/\s+#/)[0] ?? '').trim()}`];
  });
}

const LANGUAGES = ['sh', 'yaml', 'json', 'ini', 'text'];
const MARKS = ['file', 'not run', 'tour'];
/** How a line begins that somebody would paste into a shell. */
const COMMAND =
  /^\s*(?:\$ )?(?:npx|npm|node|waybill|curl|docker|kill|openssl|jq|export|python3?|psql|git|sudo|bash|sh)\s/m;

/** What is wrong with the blocks of a page: each is of a known language, marked as known, and no command is outside of `sh`. */
export function lintBlocks(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => {
    const at = `${block.page}:${block.line}`;
    const { language, mark, text } = block;
    const wrong: string[] = [];
    if (!LANGUAGES.includes(language)) wrong.push(`${at}: a block of "${language}"; there are ${LANGUAGES.join(', ')}`);
    if (language !== 'sh' && COMMAND.test(text))
      wrong.push(`${at}: commands outside of a block of sh, which nobody runs`);
    if (mark !== undefined && !MARKS.includes(mark.says)) wrong.push(`${at}: a mark "${mark.says}" that nobody reads`);
    if (mark?.says === 'not run' && language !== 'sh') wrong.push(`${at}: marked as not run, and no block of sh`);
    if (language !== 'sh' || mark?.says === 'not run') return wrong;
    if (/…|<[a-z-]+>/.test(text.replaceAll(/#.*$/gm, ''))) wrong.push(`${at}: a placeholder, which no shell can run`);
    if (/^\s*waybill /m.test(text)) wrong.push(`${at}: waybill without npx, which a checkout does not have`);
    return wrong;
  });
}

/** The blocks that say that no test runs them, with the reason. */
export function notRun(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ page, mark, text }) =>
    mark?.says === 'not run' ? [`${page}: ${text.split('\n')[0]} (${mark.what})`] : [],
  );
}
