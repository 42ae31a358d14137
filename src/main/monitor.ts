import { type Command, InvalidArgumentError } from 'commander';
import type { AddCommands, Cli, Perform } from '../cli/cli.ts';
import {
  connectUnwatched,
  givenLogKeys,
  readPassphrase,
  type ServiceOptions,
  withServiceOptions,
} from '../cli/connect.ts';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { readLocalFile } from '../cli/local-file.ts';
import { parseLogKeys } from '../cli/log-watch.ts';
import { openProgress } from '../cli/progress.ts';
import { stop } from '../cli/stop.ts';
import { parseWebhookSecret } from '../core/event/webhook-signature.ts';
import { readMonitorKey } from '../keys/monitor-key.ts';
import { foreseen } from './foreseen.ts';
import { awaitInterruption } from './interruption.ts';
import { AlarmDesk } from './monitor/alarm-desk.ts';
import { catchUpOnce, followOn, type Rounds } from './monitor/follow-rounds.ts';
import { openLogSource } from './monitor/log-source.ts';
import { Monitor } from './monitor/monitor.ts';
import { noteProgress, noteRound, serveMetrics, startCounting } from './monitor/monitor-metrics.ts';
import { alarmExits } from './monitor/render-round.ts';
import { openStateFolder, type StateFolder } from './monitor/state-folder.ts';
import type { AlarmWebhook } from './monitor/webhook.ts';

const EXAMPLES = `
Examples:
  waybill monitor --once --log-key "$WAYBILL_LOG_KEY" --token-file auditor.token
  waybill monitor --key monitor.key --state ./monitor --webhook https://pager.example/hook --metrics-port 9464
`;

type Options = ServiceOptions & {
  readonly state: string;
  readonly key?: string;
  readonly name?: string;
  readonly passphraseFile?: string;
  readonly maxAge: number;
  readonly maxWait: number;
  readonly once?: boolean;
  readonly interval: number;
  readonly webhook?: string;
  readonly webhookSecretFile?: string;
  readonly metricsPort?: number;
  readonly restart?: boolean;
  readonly acknowledge?: boolean;
};

/** `waybill monitor`: follows a log from outside, replays it, and vouches for what it has replayed. */
export const addMonitor: AddCommands = (program: Command, perform: Perform) => {
  const command = program
    .command('monitor')
    .summary('follow a log from outside, replay it, and cosign what holds')
    .description(
      'Fetches checkpoint, tiles and entries over HTTP, replays everything that is new, and compares it with what the log ' +
        'signed. Whatever does not hold is a named alarm. With a key of its own it signs the checkpoints that hold. ' +
        'Needs a token of the role auditor, unless the log is public.',
    );
  withServiceOptions(command)
    .option('--state <folder>', 'what was seen and replayed so far; one folder for each log', './monitor')
    .option('--key <file>', 'Ed25519 key to cosign with ("waybill keys new" makes one)')
    .option('--name <name>', 'name of that key in checkpoints (default: made from the key)')
    .option('--passphrase-file <file>', 'passphrase of the key (default: $WAYBILL_KEY_PASSPHRASE_FILE)')
    .option('--max-age <seconds>', 'greatest age of the newest entry', seconds(1, 100 * 366 * 86_400), 3_600)
    .option(
      '--max-wait <seconds>',
      'greatest time for which checkpoints come, and nothing of what they promise',
      seconds(1, 100 * 366 * 86_400),
      300,
    )
    .option('--once', 'catch up once; the exit code says what was found')
    .option('--interval <seconds>', 'from the beginning of one round to the next', seconds(1, 86_400), 10)
    .option('--webhook <url>', 'post every alarm there, when it is raised and when it has passed')
    .option('--webhook-secret-file <file>', 'secret that signs those posts: whsec_ and base64 of 24 to 64 bytes')
    .option(
      '--metrics-port <number>',
      'serve /metrics and /checkpoint on that port of 127.0.0.1 (0: a free one)',
      portOf,
    )
    .option('--restart', 'replay from the first entry; what was seen of the log still counts')
    .option('--acknowledge', 'take back the alarms that stand: somebody has looked into them')
    .addHelpText('after', `${EXAMPLES}${alarmExits()}`)
    .action(perform(monitor));
};

async function monitor(cli: Cli, options: Options): Promise<ExitCode> {
  return foreseen(async () => {
    const folder = await openStateFolder(options.state);
    try {
      return await follow(cli, options, folder);
    } finally {
      folder.close();
    }
  });
}

async function follow(cli: Cli, options: Options, folder: StateFolder): Promise<ExitCode> {
  const { client, url } = connectUnwatched(cli.world, options);
  const keys = parseLogKeys(givenLogKeys(cli.world, options));
  if (keys.length === 0) throw stop(EXIT.usage, 'cli/usage', 'A monitor is told the key of its log: --log-key.');
  const webhook = readWebhook(options);
  const cosigner =
    options.key === undefined
      ? undefined
      : readMonitorKey(options.key, readPassphrase(cli.world, options.passphraseFile), options.name);
  if (options.restart === true) folder.forgetReplay();
  const interruption = awaitInterruption();
  let progress = openProgress(cli.world, 'replaying', 'entries');
  const following = new Monitor({
    source: openLogSource(client),
    folder,
    keys,
    ...(cosigner === undefined ? {} : { cosigner }),
    ageSecondsMax: options.maxAge,
    waitSecondsMax: options.maxWait,
    now: cli.world.now,
    onProgress: (done, size) => {
      progress.at(done, size);
      noteProgress(counts, done, size);
    },
    isStopping: interruption.isThere,
  });
  if (options.acknowledge === true)
    for (const code of following.acknowledge()) cli.print.remark(`acknowledged: ${code}`);
  const nowSeconds = () => Math.floor(cli.world.now().getTime() / 1000);
  const counts = startCounting(nowSeconds(), following.replayed);
  const metrics =
    options.metricsPort === undefined ? undefined : await serveMetrics(options.metricsPort, counts, nowSeconds);
  if (metrics !== undefined) cli.print.remark(`metrics at http://127.0.0.1:${metrics.port}/metrics`);
  if (cosigner !== undefined) cli.print.remark(`cosigns as ${cosigner.vkey}`);
  const desk = new AlarmDesk(following, url, webhook);
  const rounds: Rounds = {
    next: async () => {
      const round = await following.round();
      progress.end();
      if (!round.goesOn) progress = openProgress(cli.world, 'replaying', 'entries');
      noteRound(counts, round, nowSeconds());
      desk.hear(round);
      return round;
    },
    replayed: () => following.replayed,
    origin: () => following.origin,
    interruption,
  };
  try {
    return await (options.once === true ? catchUpOnce(cli, rounds) : followOn(cli, rounds, options.interval * 1000));
  } finally {
    following.save();
    await desk.close(options.once === true);
    metrics?.server.closeAllConnections();
    metrics?.server.close();
  }
}

function readWebhook({ webhook, webhookSecretFile }: Options): AlarmWebhook | undefined {
  if (webhook === undefined) {
    if (webhookSecretFile === undefined) return undefined;
    throw stop(EXIT.usage, 'cli/bad-argument', 'A secret signs posts to a --webhook.');
  }
  const scheme = URL.canParse(webhook) ? new URL(webhook).protocol : '';
  if (scheme !== 'http:' && scheme !== 'https:')
    throw stop(EXIT.usage, 'cli/bad-argument', 'A webhook is an http or https address.');
  if (webhookSecretFile === undefined) return { url: webhook };
  const text = Buffer.from(readLocalFile(webhookSecretFile, SECRET_BYTES_MAX)).toString('utf8').trim();
  const secret = parseWebhookSecret(text);
  // Nothing of what stands in the file is told.
  if (!secret.ok) throw stop(EXIT.input, 'cli/unusable-file', `${webhookSecretFile} holds no secret of a webhook.`);
  return { url: webhook, secret: secret.value };
}

const SECRET_BYTES_MAX = 1_024;

function seconds(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number of seconds from ${min} to ${max}.`);
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is from 0 to 65535.');
}
