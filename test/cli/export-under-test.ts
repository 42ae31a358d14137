import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { openHttpService } from './http-service.ts';
import { KNOWN_PROGRAM, openMachine, type Ran } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
/** What the sample is drawn by. */
export const SEED = 'a draw';

export const said = (ran: Ran) => JSON.parse(ran.out);
export const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

export type MadeExport = Awaited<ReturnType<typeof makeExport>>;

/** A service with something of nearly everything, and an export of its whole log, taken by its own command. */
export async function makeExport() {
  const service = await openHttpService();
  Object.assign(service.under.context, {
    renderReport: (evidence: Uint8Array) => encodeUtf8(renderReport(evidence, KNOWN_PROGRAM)),
  });
  const environment = { WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token, WAYBILL_LOG_KEY: service.logKey };
  const online = openMachine(environment);
  const offline = openMachine();
  const receipt = join(offline.home, 'api.receipt.json');
  const run = async (...args: readonly string[]) => {
    const ran = await online.run(...args, '--json');
    assert.equal(ran.exit, 0, `${args.join(' ')}\n${ran.out}${ran.err}`);
    return said(ran);
  };
  const place = ['--repository', 'shop/api'];
  const { digest } = await run('sign', join(EXAMPLES, 'image-layout'), ...place, '--receipt', receipt);
  await run('attest', digest, ...place, '--stage', 'sbom', join(EXAMPLES, 'sbom.cdx.json'));
  await run('contract', 'publish', join(EXAMPLES, 'contract.yaml'));
  const opened = await run('run', 'open', ...place, '--commit', '5b'.repeat(20));
  const early = join(online.home, 'early.completeness.json');
  await run('prove', `run:${opened.run}`, '-o', early);
  const grant = ['--role', 'release-manager', '--repository', 'shop/*', '--title', '=SUM(A1)'];
  await run('principal', 'grant', 'release', ...grant);
  const { size } = (await service.under.context.store.head()).frontier;
  const made = join(online.home, 'made');
  const period = ['--from', '0', '--to', String(size)];
  const taken = await run('export', ...period, '-o', made, '--sample', '2', '--seed', SEED);
  assert.deepEqual([taken.export, taken.ended, taken.entries], ['holds', true, size]);
  return {
    service,
    environment,
    online,
    offline,
    receipt,
    /** The list of its run, proved when the log had fewer entries than the period. */
    early,
    digest: digest as string,
    size,
    /** Its folder, on the machine that took it. */
    made,
    period,
    verify: (folder: string, ...more: readonly string[]) =>
      offline.run('verify', folder, '--log-key', service.logKey, '--json', ...more),
    /** The export with something done to it, on a machine without a network. */
    copy: (name: string, change: (folder: string) => void = () => undefined) => {
      const folder = join(offline.home, name);
      cpSync(made, folder, { recursive: true });
      change(folder);
      return folder;
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
