import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { Stop } from '../cli/stop.ts';
import type { Json } from '../core/encoding/json.ts';
import { Demonstration, type DemoResult } from './demo/run-demo.ts';
import { openTelling, type Telling } from './demo/telling.ts';
import { awaitInterruption, type Interruption } from './interruption.ts';
import { makeScratchConfig, removeScratch } from './scratch/scratch-config.ts';
import { type RunningService, startService } from './serve.ts';

type Options = { readonly out?: string };

/** `waybill demo`: the main job from an image to a report, and an attack on the ledger, unattended. */
export const addDemo: AddCommands = (program: Command, perform: Perform) => {
  program
    .command('demo')
    .summary('show the whole of it, unattended')
    .description(
      'Starts a service of its own, builds an image of this project, signs it, records real results of its stages, ' +
        'verifies, takes a report away, verifies that without network, and then tampers with copies of the database ' +
        'as their superuser would. Ends within two minutes; what it makes lies in its folder, but for the ' +
        'embedded database where root runs it: that lies below /var/lib/waybill-embedded, where data/postgres of the folder leads. With DATABASE_URL ' +
        'it uses databases of its own on that server, and drops them.',
    )
    .option('--out <folder>', 'folder to write to, new or empty (default: out/demo/<time>)')
    .addHelpText('after', '\nExit codes: 0 all passed and every tampering was noticed, 1 otherwise.\n')
    .action(perform(demo));
};

async function demo(cli: Cli, options: Options): Promise<ExitCode> {
  const startedAt = cli.world.now();
  const folder = makeFolder(options.out ?? join('out', 'demo', startedAt.toISOString().replaceAll(/[:.]/g, '-')));
  const interruption = awaitInterruption();
  try {
    return await play(cli, interruptible(openTelling(cli.world, cli.print.json), interruption), folder, startedAt);
  } catch (error) {
    if (!interruption.isThere()) throw error;
    // Half a demonstration shows nothing, and the folder was new or empty.
    removeScratch(folder);
    throw interrupted();
  }
}

/** The demonstration in `folder`; its service has stopped when this returns. */
async function play(cli: Cli, telling: Telling, folder: string, startedAt: Date): Promise<ExitCode> {
  telling.title('Waybill, from an image to a report that checks itself');
  const { config, cleanUp } = await makeScratchConfig(folder, cli.world.environment);
  try {
    const running = await startService(config, (line) => telling.line(telling.dim(line)));
    try {
      telling.line(`service   ${running.url}, ${running.database.kind} Postgres, keys of its own`);
      telling.line(`log key   ${running.logVkey}`);
      const result = await new Demonstration(cli, telling, folder, config, running).run();
      finish(cli, telling, result, running, cli.world.now().getTime() - startedAt.getTime());
      return result.ok ? EXIT.ok : EXIT.unexpected;
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(join(folder, 'copies'), { recursive: true, force: true });
    rmSync(join(folder, 'image-layout-again'), { recursive: true, force: true });
    await cleanUp();
  }
}

/** A telling that ends the demonstration at its next word once somebody has interrupted it, so that everything is ended in order. */
function interruptible(telling: Telling, interruption: Interruption): Telling {
  const unless = (tell: (text: string) => void) => (text: string) => {
    if (interruption.isThere()) throw interrupted();
    tell(text);
  };
  return {
    ...telling,
    title: unless(telling.title),
    part: unless(telling.part),
    line: unless(telling.line),
    command: unless(telling.command),
    output: unless(telling.output),
  };
}

function interrupted(): Stop {
  return new Stop(EXIT.unexpected, { code: 'cli/interrupted', message: 'The demonstration was interrupted.' });
}

function makeFolder(path: string): string {
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) return folder;
  throw new Stop(EXIT.input, { code: 'cli/unusable-file', message: `${path} is not empty; give another with --out.` });
}

function finish(cli: Cli, telling: Telling, result: DemoResult, running: RunningService, milliseconds: number): void {
  const logKey = running.logVkey;
  const seconds = Math.round(milliseconds / 100) / 10;
  const tampered = result.tamperings.filter(({ id }) => id !== 'untouched');
  const noticed = tampered.filter((played) => played.noticed.length > 0).length;
  if (cli.print.json) {
    cli.print.result({ ...(result as unknown as Readonly<Record<string, Json>>), logKey, seconds }, () => '');
    return;
  }
  telling.part('What became of it');
  const verdicts = [result.verdict, result.offline.report, result.offline.evidence];
  const told = verdicts.every((verdict) => verdict === 'pass') ? telling.good : telling.bad;
  told(`the verdict is ${verdicts[0]} online, ${verdicts[1]} from the report, ${verdicts[2]} from the evidence`);
  const caught = noticed === tampered.length ? telling.good : telling.bad;
  caught(`${noticed} of ${tampered.length} tamperings were noticed and named`);
  if (!result.ok) telling.bad('something is not as it must be; look for ✘ above');
  telling.line(`${seconds} s. Everything lies in ${result.folder}`);
  telling.part('What to try next');
  const here = relative(process.cwd(), result.folder);
  const place = here.startsWith('..') ? result.folder : here;
  for (const [what, line] of [
    ['Open the report, with the network off:', `${place}/custody.html`],
    ['Give it the log key, or check it from here:', `npx waybill verify ${place}/custody.html --log-key '${logKey}'`],
    ...(running.database.kind === 'embedded'
      ? [
          [
            'Serve this ledger again; its address leads to the console, and /docs to the API:',
            `WAYBILL_DATA=${place}/data WAYBILL_KEYS=${place}/keys WAYBILL_STATE=${place}/state npx waybill serve`,
          ],
        ]
      : []),
    ['Run a service of your own:', 'npx waybill serve'],
    ['Sign, attest and judge your own image:', 'README.md, "Five minutes, with the command line"'],
  ]) {
    telling.line(what ?? '');
    if (line !== '') telling.line(`  ${telling.strong(line ?? '')}`);
  }
}
