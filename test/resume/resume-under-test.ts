import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runProgram } from '../../src/cli/program.ts';
import { readConfig } from '../../src/config/config.ts';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseReceipt, type Receipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { type RunningService, startService } from '../../src/main/serve.ts';
import { SERVICE_COMMANDS } from '../../src/main/service-commands.ts';
import type { Anchor } from '../../src/service/ports.ts';

const PASSPHRASE = 'correct horse battery staple';

/** A service with folders of its own, whose commands run in this process as its operator would run them. */
export type Operated = {
  readonly folder: string;
  readonly anchor: string;
  readonly originFile: string;
  /** Runs a command with `--json`: its exit code, and what it printed. `code` is that of the refusal, or of the state. */
  run(...args: readonly string[]): Promise<Outcome>;
  serve(): Promise<RunningService>;
  /** Serves while it attests stages of one image; gives their receipts. */
  grow(...stages: readonly string[]): Promise<readonly Receipt[]>;
  /** Code with which a start is refused. */
  refusedStart(): Promise<string>;
};

export type Outcome = {
  readonly exit: number;
  readonly code: unknown;
  readonly state: unknown;
  readonly value: Readonly<Record<string, unknown>>;
};

/** Without `urls` over an embedded cluster of its own. `settings` are read anew at each start and command. */
export function operate(
  t: TestContext,
  urls?: { readonly ownerUrl: string; readonly serviceUrl: string },
  shared: {
    readonly keysFolder?: string;
    readonly name?: string;
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Operated {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-resume-')));
  chmodSync(folder, 0o711);
  t.after(() => removeFolder(folder));
  writeFileSync(join(folder, 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  const environment: Record<string, string> = {
    WAYBILL_DATA: join(folder, 'data'),
    WAYBILL_KEYS: shared.keysFolder ?? join(folder, 'keys'),
    WAYBILL_PORT: '0',
    WAYBILL_LOG_LEVEL: 'silent',
    WAYBILL_KEY_PASSPHRASE_FILE: join(folder, 'passphrase'),
    ...(urls === undefined ? {} : { DATABASE_URL: urls.serviceUrl, DATABASE_OWNER_URL: urls.ownerUrl }),
  };
  const settings = () => ({ ...environment, ...shared.settings });
  const config = readConfig(environment, folder);
  const serve = () => startService(readConfig(settings(), folder), () => undefined);
  return {
    folder,
    anchor: join(config.stateFolder, 'anchor.json'),
    originFile: join(config.keysFolder, 'log.origin'),
    run: (...args) => run(settings(), args),
    serve,
    grow: async (...stages) => {
      const service = await serve();
      try {
        const receipts: Receipt[] = [];
        for (const stage of stages) receipts.push(await attest(folder, service.url, stage));
        return receipts;
      } finally {
        await service.stop();
      }
    },
    refusedStart: async () => {
      try {
        const service = await serve();
        await service.stop();
        return 'started';
      } catch (error) {
        return (error as { readonly fault?: { readonly code: string } }).fault?.code ?? String(error);
      }
    },
  };
}

function removeFolder(folder: string): void {
  // As root the data lies elsewhere, behind a link.
  const data = join(folder, 'data', 'postgres');
  if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

async function run(environment: Readonly<Record<string, string>>, args: readonly string[]): Promise<Outcome> {
  let out = '';
  const world = {
    version: '0.0.0-test',
    environment,
    home: environment.WAYBILL_DATA ?? '',
    now: () => new Date(),
    colour: false,
    knownPrograms: [],
    write: (text: string | Uint8Array) => {
      out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    },
    note: () => undefined,
  };
  const exit = await runProgram(world, [...args, '--json'], SERVICE_COMMANDS);
  const value = JSON.parse(out) as Record<string, unknown>;
  const error = value.error as { readonly code: string } | undefined;
  return { exit, code: error?.code ?? value.code, state: value.state, value };
}

/** Posts the result of a stage of one image as the administrator; status and body. */
export async function post(folder: string, url: string, stage: string): Promise<{ status: number; body: string }> {
  const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();
  const subject = encodeURIComponent(`sha256:${'7'.repeat(64)}`);
  const answer = await fetch(`${url}/v1/attestations?subject=${subject}&repository=shop/api&stage=${stage}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sarif+json' },
    body: JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: stage } }, results: [] }] }),
  });
  return { status: answer.status, body: await answer.text() };
}

/** The receipt of a stage that is attested. */
export async function attest(folder: string, url: string, stage: string): Promise<Receipt> {
  const { status, body } = await post(folder, url, stage);
  assert.equal(status, 201, body);
  const receipt = parseReceipt(encodeUtf8(formatCanonicalJson(JSON.parse(body).receipt)));
  assert(receipt.ok);
  return receipt.value;
}

/** Whether a receipt verifies under a log key. */
export function verifies(receipt: Receipt, vkey: string): boolean {
  const key = parseVkey(vkey);
  assert(key.ok);
  return verifyReceipt(receipt, [key.value]).ok;
}

/** The checkpoint that a receipt was given with. */
export function rememberedBy(receipt: Receipt): Anchor {
  const key = parseVkey(receipt.logKey);
  assert(key.ok);
  const verified = verifyReceipt(receipt, [key.value]);
  assert(verified.ok);
  return verified.value.checkpoint;
}

/** Folder of the embedded cluster. */
export function clusterOf({ folder }: Operated): string {
  return join(realpathSync(join(folder, 'data', 'postgres')), 'cluster');
}

/** Copies a folder with its owners and modes, as a backup does; what was there is replaced. */
export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  const copied = spawnSync('cp', ['-a', from, to]);
  assert.equal(copied.status, 0, String(copied.stderr));
}

/** Has a stopped cluster end a recovery when it starts next, as a promotion does: it begins a new timeline. */
export function bumpTimeline(cluster: string): void {
  writeFileSync(join(cluster, 'recovery.signal'), '', { mode: 0o644 });
  const settings = join(cluster, 'postgresql.auto.conf');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}restore_command = '/bin/false'\n`);
}
