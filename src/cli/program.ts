import { Command } from 'commander';

/** What the command line needs to know about the world; only `src/main` reads it from the process. */
export type ProgramFacts = {
  /** Version of this package, as in its `package.json`. */
  readonly version: string;
};

/** The `waybill` command line, ready to parse arguments. Each command is a file of `cli/commands`. */
export function buildProgram(facts: ProgramFacts): Command {
  return new Command('waybill')
    .description('Signs container images, records what every pipeline stage attests, and proves the chain of custody.')
    .version(facts.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(add --help for usage)');
}
