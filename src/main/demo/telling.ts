import { wrapped } from '../../cli/layout-text.ts';
import type { World } from '../../cli/world.ts';

/** How a demonstration is told on a terminal; plain text where there is none, and nothing at all with `--json`. */
export type Telling = {
  readonly title: (text: string) => void;
  /** A numbered part of the story. */
  readonly part: (text: string) => void;
  readonly line: (text: string) => void;
  /** A command line, as the reader would type it. */
  readonly command: (text: string) => void;
  /** What a command said, indented. */
  readonly output: (text: string) => void;
  readonly good: (text: string) => void;
  readonly bad: (text: string) => void;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly caution: (text: string) => string;
};

const COLOURS = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33, cyan: 36 } as const;

export function openTelling(world: World, silent: boolean): Telling {
  const paint = (text: string, colour: keyof typeof COLOURS) =>
    world.colour ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  const write = (text: string) => {
    if (!silent) world.write(`${text}\n`);
  };
  const columns = world.outColumns === undefined ? undefined : Math.max(60, world.outColumns - 6);
  const fit = (line: string) => {
    if (columns === undefined || line.length <= columns) return line;
    const lead = ' '.repeat(line.length - line.trimStart().length);
    return lead + wrapped(line.trimStart(), columns - lead.length, `       ${lead}`);
  };
  let parts = 0;
  return {
    title: (text) => write(`\n${paint(text, 'bold')}\n${paint('═'.repeat(text.length), 'dim')}`),
    part: (text) => {
      parts += 1;
      write(`\n${paint(`${parts}  ${text}`, 'bold')}`);
    },
    line: (text) => write(`   ${text}`),
    command: (text) => write(`   ${paint('$', 'cyan')} ${paint(text, 'cyan')}`),
    output: (text) => {
      for (const line of text.trimEnd().split('\n')) write(line === '' ? '' : `     ${fit(line)}`);
    },
    good: (text) => write(`   ${paint('✔', 'green')} ${text}`),
    bad: (text) => write(`   ${paint('✘', 'red')} ${text}`),
    strong: (text) => paint(text, 'bold'),
    dim: (text) => paint(text, 'dim'),
    caution: (text) => paint(text, 'yellow'),
  };
}
