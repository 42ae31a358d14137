import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { wrapped } from '../cli/layout-text.ts';
import { openProgress } from '../cli/progress.ts';
import { stop } from '../cli/stop.ts';
import type { Json } from '../core/encoding/json.ts';
import { DRILL_GROUPS, DRILLS } from './drill/all-drills.ts';
import type { Drill } from './drill/drill.ts';
import { type DrillResult, type RunDrill, runDrills } from './drill/run-drills.ts';
import { openScene } from './drill/scene.ts';
import { makeFilesFolder, writeFiles } from './drill/write-files.ts';
import { foreseen } from './foreseen.ts';
import { awaitInterruption } from './interruption.ts';
import { makeScratchConfig, removeScratch } from './scratch/scratch-config.ts';
import { startService } from './serve.ts';

type Options = {
  readonly only?: string;
  readonly list?: boolean;
  readonly files?: string;
  readonly withoutAttacks?: boolean;
};

/** `waybill drill`: every attack that must be noticed, played on a service of its own. */
export const addDrill: AddCommands = (program: Command, perform: Perform) => {
  program
    .command('drill')
    .summary('attack a service of its own, and see who notices')
    .description(
      'Starts a service of its own, lets it live a little, and plays every attack of docs/guides/drills.md on copies of ' +
        'it: by a superuser of the database, by a pipeline, by whoever runs the server, by whoever hands out files. Ends ' +
        'within a minute; everything is ended and removed afterwards. With DATABASE_URL it uses databases of its own on ' +
        'that server, and drops them.',
    )
    .option('--only <ids>', 'drills to play, by id, parted by commas')
    .option('--list', 'name the drills, and play none')
    .option('--without-attacks', 'do everything but the attacks: every drill must be missed then')
    .option('--files <folder>', 'keep the files that carry an attack, for other verifiers; new or empty')
    .addHelpText('after', '\nExit codes: 0 every drill was caught, 1 one was missed or not played.\n')
    .action(perform(drill));
};

async function drill(cli: Cli, options: Options): Promise<ExitCode> {
  const chosen = choose(options.only);
  if (options.list === true) {
    const value = chosen.map(({ id, sentence, expected }) => ({ id, sentence, expected }));
    cli.print.result({ drills: value as unknown as Json }, () => listed(chosen));
    return EXIT.ok;
  }
  if (options.files !== undefined) makeFilesFolder(resolve(options.files));
  const startedAt = cli.world.now().getTime();
  const run = await foreseen(() => play(cli, chosen, options));
  const results = run.map(({ result }) => result);
  const seconds = Math.round((cli.world.now().getTime() - startedAt) / 100) / 10;
  cli.print.result({ drills: results as unknown as Json, seconds }, () => table(cli, results, chosen.length, seconds));
  return run.length === chosen.length && results.every(({ caught }) => caught) ? EXIT.ok : EXIT.unexpected;
}

/**
 * Plays the drills on a service that is gone, with its database and folders, when this returns. A signal ends the run after
 * the drill that is being played, so that everything is removed.
 */
async function play(cli: Cli, drills: readonly Drill[], options: Options): Promise<readonly RunDrill[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-drill-'));
  // The system user that the embedded database runs as must be able to pass through.
  chmodSync(folder, 0o711);
  const progress = openProgress(cli.world, 'drills', 'played');
  const interruption = awaitInterruption();
  try {
    const { config, cleanUp } = await makeScratchConfig(folder, cli.world.environment);
    try {
      const running = await startService(config, () => undefined);
      try {
        const { scene, close } = await openScene(cli.world, folder, config, running);
        try {
          const onDrill = (_drill: Drill, index: number) => {
            progress.at(index, drills.length);
            return !interruption.isThere();
          };
          const run = await runDrills(scene, drills, { onDrill, attack: options.withoutAttacks !== true });
          if (options.files !== undefined) writeFiles(resolve(options.files), scene, run);
          return run;
        } finally {
          await close();
        }
      } finally {
        await running.stop();
      }
    } finally {
      await cleanUp();
    }
  } finally {
    progress.end();
    removeScratch(folder);
  }
}

function choose(only: string | undefined): readonly Drill[] {
  if (only === undefined) return DRILLS;
  const ids = only.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => !DRILLS.some((each) => each.id === id));
  if (unknown !== undefined)
    throw stop(EXIT.usage, 'cli/bad-argument', `There is no drill "${unknown}".`, 'waybill drill --list names them.');
  return DRILLS.filter(({ id }) => ids.includes(id));
}

function listed(drills: readonly Drill[]): string {
  return grouped(drills, ({ id, sentence, expected: [{ by, code }] }) => [
    `  ${id.padEnd(WIDTH)}  ${by}: ${code}`,
    `  ${' '.repeat(WIDTH)}  ${sentence}`,
  ]);
}

function table(cli: Cli, results: readonly DrillResult[], chosen: number, seconds: number): string {
  const paint = (text: string, colour: number) => (cli.world.colour ? `\u001b[${colour}m${text}\u001b[0m` : text);
  const columns = Math.max(60, cli.world.outColumns ?? 120);
  const lines = grouped(results, ({ id, caught, by, code, expected, noticed, control, sentence }) => {
    const mark = caught ? paint('✔', 32) : paint('✘', 31);
    if (caught) return [`${mark} ${id.padEnd(WIDTH)}  ${by}: ${code}`];
    const said = [
      `missed: ${sentence}`,
      `expected ${expected.map(spelled).join(', ')}; noticed ${noticed.map(spelled).join(', ') || 'nothing'}`,
      ...(control.length === 0 ? [] : [`noticed before anything was done: ${control.map(spelled).join(', ')}`]),
    ];
    const indent = ' '.repeat(WIDTH + 4);
    return [
      `${mark} ${id.padEnd(WIDTH)}  ${said.map((line) => wrapped(line, columns - indent.length, indent)).join(`\n${indent}`)}`,
    ];
  });
  const caught = results.filter((each) => each.caught).length;
  const left = chosen === results.length ? '' : ` ${chosen - results.length} were not played: the run was interrupted.`;
  return `${lines}\n\n${caught} of ${results.length} attacks were noticed and named, in ${seconds} s.${left}`;
}

/** Longest id. */
const WIDTH = Math.max(...DRILLS.map(({ id }) => id.length));

function grouped<T extends { readonly id: string }>(all: readonly T[], show: (one: T) => readonly string[]): string {
  return DRILL_GROUPS.flatMap(({ title, drills }) => {
    const own = all.filter(({ id }) => drills.some((each) => each.id === id));
    return own.length === 0 ? [] : [[title, ...own.flatMap(show)].join('\n')];
  }).join('\n\n');
}

function spelled({ by, code }: { readonly by: string; readonly code: string }): string {
  return `${by}: ${code}`;
}
