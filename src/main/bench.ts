import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { Stop } from '../cli/stop.ts';
import type { Json } from '../core/encoding/json.ts';
import { BAR_IDS, type BarId, missedBars } from './bench/bars.ts';
import { renderBench } from './bench/render-bench.ts';
import { type BenchReport, runBench } from './bench/run-bench.ts';
import { awaitInterruption } from './interruption.ts';

type Options = {
  readonly quick?: boolean;
  readonly strict?: boolean;
  readonly share?: string;
  readonly only?: string;
  readonly out?: string;
};

/** `waybill bench`: every bar of speed and size, measured on this machine, beside the ceiling of the same run. */
export const addBench: AddCommands = (program: Command, perform: Perform) => {
  program
    .command('bench')
    .summary('measure speed and size against their bars')
    .description(
      'Measures what the service promises about speed and size, on this machine, with an embedded Postgres of its own ' +
        'that keeps everything durable. Ratios are taken against a ceiling that runs in the same minutes. A bar that is ' +
        'missed is printed as missed. Run it on a machine that does nothing else.',
    )
    .option('--quick', 'within 50 seconds; what is too short to be measured is left out')
    .option('--share <part>', 'the full form over smaller ledgers, to try it out: 0.05, say')
    .option('--only <ids>', `some bars only, by id: ${BAR_IDS.join(', ')}`)
    .option('--out <file>', 'write the JSON object to a file as well')
    .option('--strict', 'exit code 1 when a bar is missed')
    .action(perform(bench));
};

async function bench(cli: Cli, options: Options): Promise<ExitCode> {
  const startedAt = performance.now();
  const elapsed = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const report = await untilInterrupted((stopped) =>
    runBench(
      {
        quick: options.quick === true,
        share: readShare(options.share),
        only: readOnly(options.only),
        environment: cli.world.environment,
        log: (line) => cli.world.note(`${elapsed()} s  ${line}\n`),
      },
      stopped,
    ),
  );
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
  cli.print.result(report as unknown as Json, () => renderBench(report));
  return options.strict === true && missedBars(report.bars).length > 0 ? EXIT.unexpected : EXIT.ok;
}

function readOnly(text: string | undefined): readonly BarId[] {
  if (text === undefined) return BAR_IDS;
  return text.split(',').map((given) => {
    const id = BAR_IDS.find((known) => known === given.trim());
    if (id !== undefined) return id;
    throw new Stop(EXIT.usage, {
      code: 'cli/bad-argument',
      message: `There is no bar "${given}".`,
      hint: `Bars: ${BAR_IDS.join(', ')}.`,
    });
  });
}

function readShare(text = '1'): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new Stop(EXIT.usage, {
    code: 'cli/bad-argument',
    message: `"${text}" is no part of 1.`,
    hint: 'Give 0.05, say.',
  });
}

/** Runs a bench whose promise rejects on the first interrupt, so that processes and folders are cleared away first. */
async function untilInterrupted(run: (stopped: Promise<never>) => Promise<BenchReport>): Promise<BenchReport> {
  const interruption = awaitInterruption();
  const stopped = () => new Stop(EXIT.unexpected, { code: 'cli/interrupted', message: 'The bench was interrupted.' });
  try {
    return await run(
      interruption.came.then(() => {
        throw stopped();
      }),
    );
  } catch (error) {
    // A signal to the whole group ends processes of the bench as well, which is then no fault of theirs.
    throw interruption.isThere() ? stopped() : error;
  }
}
