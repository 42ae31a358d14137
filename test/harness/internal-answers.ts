import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where processes of a test run note that they answered with 500. */
const FILE_VARIABLE = 'WAYBILL_TEST_INTERNAL_ANSWERS';

/** A request that bears this header asks for a 500 on purpose: for tests that plant one, and nothing else. */
export const PLANTED_HEADER = 'x-waybill-test-planted';
export const PLANTED: Readonly<Record<string, string>> = { [PLANTED_HEADER]: 'internal' };

/**
 * Runs in every process below a test run, before anything else: notes each answer with 500 of any server in it. Its
 * text goes into `NODE_OPTIONS`, so it refers to nothing around it and is there wherever the process looks for files.
 */
function watch(fileVariable: string, plantedHeader: string): void {
  const file = process.env[fileVariable];
  // Some tests start a Node that is too old for the product, and for this.
  if (file === undefined || !('getBuiltinModule' in process)) return;
  process.getBuiltinModule('node:diagnostics_channel').subscribe('http.server.response.finish', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (response.statusCode !== 500 || request.headers[plantedHeader] !== undefined) return;
    const { argv } = process;
    const line = JSON.stringify({ program: argv[1], method: request.method, target: request.url });
    try {
      process.getBuiltinModule('node:fs').appendFileSync(file, `${line}\n`);
    } catch {
      // A process that may not write here says so by its own tests.
    }
  });
}

/** What the processes of one run answered with 500. Source: Node's channel `http.server.response.finish`. */
export type InternalAnswers = {
  /** Variables for the processes of the run. */
  readonly environment: Readonly<Record<string, string>>;
  /** A line of JSON for each answer: program, method, target. */
  readonly found: () => readonly string[];
  readonly cleanUp: () => void;
};

export function watchInternalAnswers(inherited: string | undefined = process.env.NODE_OPTIONS): InternalAnswers {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-answers-'));
  const file = join(folder, 'answers');
  appendFileSync(file, '', { mode: 0o666 });
  const program = `(${watch.toString()})(${JSON.stringify(FILE_VARIABLE)}, ${JSON.stringify(PLANTED_HEADER)})`;
  const option = `--import=data:text/javascript,${encodeURIComponent(program)}`;
  return {
    environment: { [FILE_VARIABLE]: file, NODE_OPTIONS: inherited === undefined ? option : `${inherited} ${option}` },
    found: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  };
}
