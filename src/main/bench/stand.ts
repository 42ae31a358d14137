import { chmodSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, openClient } from '../../client/client.ts';
import type { Environment } from '../../config/config.ts';
import type { NoteKey } from '../../core/checkpoint/signed-note.ts';
import { parseVkey } from '../../core/checkpoint/signed-note.ts';
import type { Json } from '../../core/encoding/json.ts';
import { readReceipt, verifyReceipt } from '../../core/receipt/receipt.ts';
import { Children, type LoadGenerator, startLoadGenerator } from './child-process.ts';
import type { KeptAnswer, LoadJob, LoadRequest, LoadResult } from './load-job.ts';
import { removeServiceFolder, type ServiceProcess, startService } from './service-process.ts';
import { contractDocument, createWorkload, type Workload } from './workload.ts';

/** Four pipelines share the repositories; each posts with a token of its own. */
const PIPELINES = 4;
/** The first of them. */
export const PIPELINE_PRINCIPAL = 'pipeline-0';

/** Services under test, each with a folder of its own. */
const STAND_NAMES = ['single', 'small', 'grown', 'memory'] as const;
export type StandName = (typeof STAND_NAMES)[number];

/** Everything that a measurement works with: where it may write, its processes, and where it says how far it is. */
export type Bench = {
  readonly folder: string;
  readonly children: Children;
  readonly load: LoadGenerator;
  readonly environment: Environment;
  readonly quick: boolean;
  /** How much of the sizes that the bars name, in full form; under 1 such a bar is not decided. */
  readonly share: number;
  readonly log: (line: string) => void;
};

/** Opens a bench over a new temporary folder; `close` ends its processes and removes everything. */
export function openBench(options: Pick<Bench, 'environment' | 'quick' | 'share' | 'log'>): {
  readonly bench: Bench;
  readonly close: () => Promise<void>;
} {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-bench-')));
  // The embedded Postgres may run as another user, who must be able to get to its folder.
  chmodSync(folder, 0o711);
  const children = new Children();
  const bench = { ...options, folder, children, load: startLoadGenerator(children) };
  return {
    bench,
    close: async () => {
      await children.stop();
      for (const stand of STAND_NAMES) await removeServiceFolder(join(folder, stand));
      await removeServiceFolder(folder);
    },
  };
}

/** A service under test that knows the workload: its signers, pipelines and contract. */
export type Stand = {
  readonly name: StandName;
  readonly folder: string;
  readonly service: ServiceProcess;
  readonly workload: Workload;
  readonly client: Client;
  /** Tokens of the pipelines. */
  readonly tokens: readonly string[];
  readonly logKey: NoteKey;
};

/** Starts a service in its own folder below the bench's, and registers what the workload needs. */
export async function openStand(bench: Bench, name: StandName, nodeArguments: readonly string[] = []): Promise<Stand> {
  const folder = join(bench.folder, name);
  const service = await startService(bench.children, folder, bench.environment, nodeArguments);
  const workload = createWorkload();
  const client = openClient({ url: service.url, token: service.adminToken, userAgent: 'waybill-bench' });
  for (const { publicKeyPem, repository } of workload.signers)
    await client.registerSigner({ publicKeyPem, repositories: [repository], stages: ['*'] });
  await client.publishContract(contractDocument(), 'application/json');
  const tokens: string[] = [];
  for (let n = 0; n < PIPELINES; n += 1) {
    const principal = `pipeline-${n}`;
    await client.grantPrincipal({ principal, role: 'pipeline', repositories: ['bench/*'], stages: ['*'] });
    const created = await client.createToken({ principal, title: 'bench', lifetimeSeconds: 86_400 });
    tokens.push(created.value.token);
  }
  const key = parseVkey(service.logKey);
  if (!key.ok) throw new Error('the service announces a log key that does not read');
  bench.log(`${name}: a service of its own is ready`);
  return { name, folder, service, workload, client, tokens, logKey: key.value };
}

/** Runs a job and fails unless every answer has the status `expected`. */
export async function runAll(bench: Bench, job: LoadJob, expected: number): Promise<LoadResult> {
  const result = await bench.load.run(job);
  const others = Object.entries(result.statuses).filter(([status]) => Number(status) !== expected);
  if (others.length === 0) return result;
  const sample = result.kept.find(({ status }) => status !== expected);
  const body = sample === undefined ? '' : `: ${Buffer.from(sample.body).toString('utf8').slice(0, 300)}`;
  throw new Error(`answers other than ${expected}: ${JSON.stringify(result.statuses)}${body}`);
}

/**
 * Fails unless the receipt in every kept answer verifies offline, under the log key that the service announced, and
 * commits to exactly the bytes that were posted. Gives their number.
 */
export function checkReceipts(stand: Stand, requests: readonly LoadRequest[], kept: readonly KeptAnswer[]): number {
  for (const { index, body } of kept) {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as { readonly receipt?: Json };
    const receipt = readReceipt(answer.receipt ?? null);
    const verified = receipt.ok ? verifyReceipt(receipt.value, [stand.logKey], requests[index]?.body) : receipt;
    if (!verified.ok) throw new Error(`the receipt of request ${index} does not verify: ${verified.fault.code}`);
  }
  return kept.length;
}
