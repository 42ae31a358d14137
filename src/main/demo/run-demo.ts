import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Cli } from '../../cli/cli.ts';
import { EXIT, type ExitCode } from '../../cli/exit-codes.ts';
import { Stop } from '../../cli/stop.ts';
import { type Config, readPassphrase } from '../../config/config.ts';
import { invariant } from '../../core/fault.ts';
import { parseReceipt } from '../../core/receipt/receipt.ts';
import { openServiceKeys } from '../../keys/service-keys.ts';
import { forgePrincipal } from '../../tamper/edit-evidence.ts';
import { type TamperingId, tampering } from '../../tamper/tamperings.ts';
import { type CommandRun, runCommand } from '../scratch/command-line.ts';
import type { RunningService } from '../serve.ts';
import { type BuiltImage, buildLayout } from './build-layout.ts';

import { type PlayedTampering, playTampering, type Stage } from './play-superuser.ts';
import { refusalOf, verdictOf } from './said-offline.ts';
import {
  makeBillOfMaterials,
  makeLintReport,
  makeProvenance,
  makeTestReport,
  type StageInput,
} from './stage-inputs.ts';
import type { Telling } from './telling.ts';
import { findIsolation, type Isolation, PACKAGE_FOLDER, runOffline } from './verify-offline.ts';

/** Where an image of this project belongs. */
const REPOSITORY = 'demo/waybill';

/** A forged copy of the evidence. */
const ALTERED = 'evidence-forged.json';

/** What the superuser does, in the order of the story. */
const PLAYED: readonly TamperingId[] = [
  'entry-edited',
  'entry-deleted',
  'entries-swapped',
  'entry-inserted',
  'tail-cut',
  'tail-forged',
  'payload-edited',
  'projection-edited',
];

/** Everything that the demonstration found, as it prints it with `--json`. */
export type DemoResult = {
  readonly folder: string;
  readonly image: BuiltImage;
  readonly inputs: Readonly<Record<string, StageInput>>;
  readonly verdict: string;
  readonly checks: readonly { readonly code: string; readonly outcome: string }[];
  readonly offline: {
    readonly how: string;
    readonly report: string;
    readonly evidence: string;
    readonly altered: string;
  };
  readonly tamperings: readonly PlayedTampering[];
  /** Whether every verdict was pass, every tampering was noticed, and nothing was said against the untouched ledger. */
  readonly ok: boolean;
};

/** The main job from end to end, against a service that was started for it. */
export class Demonstration {
  readonly #cli: Cli;
  readonly #telling: Telling;
  readonly #folder: string;
  readonly #config: Config;
  readonly #running: RunningService;

  constructor(cli: Cli, telling: Telling, folder: string, config: Config, running: RunningService) {
    this.#cli = cli;
    this.#telling = telling;
    this.#folder = folder;
    this.#config = config;
    this.#running = running;
  }

  async run(): Promise<DemoResult> {
    const startedAt = this.#cli.world.now();
    const image = this.#build();
    await this.#sign(image);
    await this.#agree();
    const inputs = await this.#attest(image, startedAt);
    const judged = await this.#verify(image);
    const offline = await this.#takeAway(image);
    const tamperings = await this.#tamper(image);
    const untouched = tamperings.filter(({ id }) => id === 'untouched');
    const ok =
      judged.verdict === 'pass' &&
      offline.report === 'pass' &&
      offline.evidence === 'pass' &&
      offline.altered !== 'pass' &&
      untouched.every(({ noticed, verdict }) => noticed.length === 0 && verdict === 'pass') &&
      tamperings.every(({ id, noticed }) => id === 'untouched' || noticed.length > 0) &&
      tamperings.every(({ id, verdict }) => id !== 'projection-edited' || verdict === 'pass');
    return { folder: this.#folder, image, inputs, ...judged, offline, tamperings, ok };
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #build(): BuiltImage {
    this.#telling.part('Build an image of this project');
    const version = this.#cli.world.version;
    const image = buildLayout(PACKAGE_FOLDER, this.#path('image-layout'), version);
    const again = buildLayout(PACKAGE_FOLDER, this.#path('image-layout-again'), version);
    invariant(again.digest === image.digest, 'the same files make the same image');
    this.#telling.line(
      `${image.layers} layers, ${image.files} files, ${image.bytes} bytes; built twice, the same digest`,
    );
    this.#telling.good(`${image.digest}  in image-layout/`);
    return image;
  }

  async #sign(image: BuiltImage): Promise<void> {
    this.#telling.part('Sign it, and keep the receipt');
    const bundle = ['--bundle', this.#path('image.sigstore.json'), '--receipt', this.#path('image.receipt.json')];
    await this.#command(['sign', image.folder, '--repository', REPOSITORY, ...bundle]);
  }

  async #agree(): Promise<void> {
    this.#telling.part('Register the pipeline’s key, and publish what an image must bring');
    const key = this.#path('ci.key');
    const stages = ['build', 'lint', 'test'].flatMap((stage) => ['--stage', stage]);
    const made = await this.#command(['keys', 'new', key]);
    await this.#command(['signer', 'register', key, '--repository', REPOSITORY, ...stages, '--title', 'demo pipeline']);
    const signer = /[0-9a-f]{64}/.exec(made.output)?.[0] ?? '';
    const own = { assurance: 'pipeline', signers: [signer] };
    const contract = {
      contract: 'demo-waybill',
      title: 'Everything that an image of the demonstration must bring, in order',
      repositories: [REPOSITORY],
      stages: [
        { stage: 'build', predicateTypes: ['https://slsa.dev/provenance/v1'], ...own },
        { stage: 'sbom', predicateTypes: ['https://cyclonedx.org/bom'], after: ['build'] },
        { stage: 'lint', after: ['build'], ...own },
        { stage: 'test', after: ['build', 'lint'], ...own },
      ],
    };
    writeFileSync(this.#path('contract.json'), `${JSON.stringify(contract, null, 2)}\n`);
    await this.#command(['contract', 'publish', this.#path('contract.json')]);
  }

  async #attest(image: BuiltImage, startedAt: Date): Promise<Readonly<Record<string, StageInput>>> {
    const { environment } = this.#cli.world;
    const maker = { packageFolder: PACKAGE_FOLDER, folder: this.#folder, environment };
    const signed = ['--key', this.#path('ci.key')];
    this.#telling.part('Record what every stage found');
    const build = makeProvenance(maker, image, startedAt, this.#cli.world.now());
    await this.#attestStage(image, 'build', build, ['--type', 'slsa-provenance', ...signed]);
    const sbom = makeBillOfMaterials(maker);
    await this.#attestStage(image, 'sbom', sbom, []);
    const lint = makeLintReport(maker);
    await this.#attestStage(image, 'lint', lint, signed);

    this.#telling.part('Ask the gate before the tests have run: it says no');
    await this.#command(['gate', image.digest, '--repository', REPOSITORY], EXIT.fail);
    const test = makeTestReport(maker);
    await this.#attestStage(image, 'test', test, [...signed, '--receipt', this.#path('test.receipt.json')]);
    return { build, sbom, lint, test };
  }

  async #attestStage(image: BuiltImage, stage: string, input: StageInput, options: readonly string[]): Promise<void> {
    const { dim, caution } = this.#telling;
    this.#telling.line(input.real ? dim(input.made) : caution(input.made));
    await this.#command(['attest', image.folder, input.file, '--stage', stage, '-r', REPOSITORY, ...options]);
  }

  async #verify(image: BuiltImage): Promise<Pick<DemoResult, 'verdict' | 'checks'>> {
    this.#telling.part('Verify the chain of custody');
    const args = ['verify', image.folder, '--repository', REPOSITORY];
    await this.#command(args);
    await this.#command(['gate', image.digest, '--repository', REPOSITORY]);
    const { output } = await this.#quietly([...args, '--json']);
    const { verdict, checks } = JSON.parse(output) as Pick<DemoResult, 'verdict' | 'checks'>;
    return { verdict, checks: checks.map(({ code, outcome }) => ({ code, outcome })) };
  }

  async #takeAway(image: BuiltImage): Promise<DemoResult['offline']> {
    this.#telling.part('Take report and evidence away');
    const about = [image.digest, '--repository', REPOSITORY];
    const [report, evidence] = [this.#path('custody.html'), this.#path('evidence.json')];
    await this.#command(['report', ...about, '-o', report]);
    await this.#command(['report', ...about, '--format', 'evidence', '-o', evidence]);
    const isolation = findIsolation();
    this.#telling.part(`Verify both in ${isolation.words}`);
    const altered = this.#path(ALTERED);
    writeFileSync(altered, forgePrincipal(readFileSync(evidence)));
    const verify = (file: string) => this.#verifyOffline(isolation, image, file);
    const found = { how: isolation.how, report: verify(report), evidence: verify(evidence) };
    this.#telling.line('In a copy somebody else wrote the newest attestation, and the hash at the end is made to fit:');
    return { ...found, altered: verify(altered) };
  }

  /** The verdict that a process without network comes to, or the code by which it refuses to judge. */
  #verifyOffline(isolation: Isolation, image: BuiltImage, file: string): string {
    const args = ['verify', file, '--log-key', this.#running.logVkey, '--image', image.digest, '-r', REPOSITORY];
    this.#telling.command(this.#shown(args));
    const where = { folder: this.#folder, home: this.#path('home'), path: this.#cli.world.environment.PATH };
    const { status, output, errors } = runOffline(isolation, PACKAGE_FOLDER, where, [...args, '--json']);
    const outcome =
      status === EXIT.ok ? verdictOf(output) : `refused: ${refusalOf(output) ?? errors.trim()}, exit code ${status}`;
    const expected = (outcome === 'pass') !== file.endsWith(ALTERED);
    if (expected) this.#telling.good(outcome);
    else this.#telling.bad(outcome);
    return outcome;
  }

  async #tamper(image: BuiltImage): Promise<readonly PlayedTampering[]> {
    this.#telling.part('Play a competent superuser on copies of the database');
    this.#telling.line(
      'Triggers and constraints are off; hashes, links, tiles, heads and projections are made to fit.',
    );
    this.#telling.line('What is lacking: the log key, the anchor on its own volume, and receipts that others keep.');
    const receipt = parseReceipt(readFileSync(this.#path('test.receipt.json')));
    const token = readFileSync(this.#running.tokenFile, 'utf8').trim();
    const caller = await this.#running.service.authenticate(token);
    invariant(receipt.ok && caller.ok, 'what the service gave a moment ago reads');
    const stage: Stage = {
      database: this.#running.database,
      keys: openServiceKeys(this.#config.keysFolder, readPassphrase(this.#config)),
      stateFolder: this.#config.stateFolder,
      scratchFolder: this.#path('copies'),
      receipt: receipt.value,
      caller: caller.value,
      image: { digest: image.digest, repository: REPOSITORY },
    };
    const played: PlayedTampering[] = [];
    for (const id of [undefined, ...PLAYED]) {
      const result = await playTampering(stage, id === undefined ? undefined : tampering(id));
      played.push(result);
      this.#tellTampering(result);
    }
    return played;
  }

  #tellTampering({ id, sentence, done, noticed, verdict }: PlayedTampering): void {
    const { strong, dim } = this.#telling;
    this.#telling.line('');
    this.#telling.line(`${strong(id)}  ${sentence}`);
    this.#telling.line(dim(done));
    const width = Math.max(...noticed.map(({ by }) => by.length));
    for (const { by, codes } of noticed) this.#telling.good(`${by.padEnd(width)}  ${codes.join(', ')}`);
    if (id === 'untouched' && noticed.length === 0) this.#telling.good(`nobody complains; the verdict is ${verdict}`);
    if (id !== 'untouched' && noticed.length === 0) this.#telling.bad('nobody noticed');
    if (id === 'projection-edited') this.#telling.good(`the verdict is unmoved: ${verdict}`);
  }

  /** Runs a command line and shows it with what it says; another exit code than `expected` ends the demonstration. */
  async #command(args: readonly string[], expected: ExitCode = EXIT.ok): Promise<CommandRun> {
    this.#telling.command(this.#shown(args));
    const run = await this.#quietly(args);
    this.#telling.output(run.output.replaceAll(`${this.#folder}/`, ''));
    if (run.exit === expected) return run;
    this.#telling.output(run.notes);
    throw new Stop(EXIT.unexpected, {
      code: 'cli/unexpected',
      message: `"waybill ${args[0]}" ended with exit code ${run.exit} and not ${expected}: ${run.notes.trim()}`,
    });
  }

  #quietly(args: readonly string[]): Promise<CommandRun> {
    const environment = {
      WAYBILL_URL: this.#running.url,
      WAYBILL_TOKEN: readFileSync(this.#running.tokenFile, 'utf8').trim(),
      WAYBILL_LOG_KEY: this.#running.logVkey,
    };
    return runCommand(this.#cli.world, environment, this.#path('home'), args);
  }

  /** A command line as one would type it in the demonstration's folder. */
  #shown(args: readonly string[]): string {
    const words = args.map((arg) => (arg.startsWith(`${this.#folder}/`) ? relative(this.#folder, arg) : arg));
    return `waybill ${words.map((word) => (/[^\w@%+=:,./-]/.test(word) ? `'${word}'` : word)).join(' ')}`;
  }
}
