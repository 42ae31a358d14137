import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatVkey, type NoteKey } from '../../src/core/checkpoint/signed-note.ts';
import { makeCheckout, ROOT, removeCheckout } from '../docs/tours.ts';
import { spawnReplica } from '../harness/replica-process.ts';
import { copyAnchor, createSharedLedger } from '../harness/served-replica.ts';

/** Two machines that agree in nothing that a machine can have of its own. */
const HERE = { LANG: 'C', LC_ALL: 'C', TZ: 'UTC', USER: 'alice', LOGNAME: 'alice' };
const THERE = { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati', USER: 'bora', LOGNAME: 'bora' };

test('an export of one ledger has the same bytes under another locale, time zone, user and checkout, of service and command', {
  timeout: 240_000,
}, async (t) => {
  const checkout = makeCheckout();
  t.after(() => removeCheckout(checkout));
  await using ledger = await createSharedLedger();
  await using first = await spawnReplica(ledger, 'here', { environment: HERE });
  const machine = (home: string, folder: string, url: string, environment: Readonly<Record<string, string>>) => {
    const { token, logKey } = first.endpoint;
    const brought = { WAYBILL_URL: url, WAYBILL_TOKEN: token, WAYBILL_LOG_KEY: vkeyOf(logKey) };
    const state = { HOME: home, XDG_STATE_HOME: join(home, 'state'), PATH: process.env.PATH ?? '' };
    return (...args: readonly string[]) => {
      const program = join(folder, 'bin', 'waybill.js');
      const env = { ...environment, ...state, ...brought };
      const ran = spawnSync(process.execPath, [program, ...args], { env, cwd: ledger.folder, encoding: 'utf8' });
      assert.equal(ran.status, 0, `${args.join(' ')}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    };
  };
  const here = machine(join(ledger.folder, 'home-here'), ROOT, first.endpoint.url, HERE);
  const examples = join(ROOT, 'examples');
  const place = ['--repository', 'shop/api'];
  const { digest } = JSON.parse(here('sign', join(examples, 'image-layout'), ...place, '--json'));
  here('attest', digest, ...place, '--stage', 'sbom', join(examples, 'sbom.cdx.json'));
  here('contract', 'publish', join(examples, 'contract.yaml'));
  here('principal', 'grant', 'istanbul', '--role', 'auditor', '--title', 'İstanbul, ISTANBUL, ıi');
  await copyAnchor(ledger, 'here', 'there');
  await using second = await spawnReplica(ledger, 'there', {
    checkout,
    environment: THERE,
    token: first.endpoint.token,
  });
  const there = machine(join(ledger.folder, 'home-there'), checkout, second.endpoint.url, THERE);

  here('prove', 'trust', '-o', 'trust.json');
  const size = sizeOf(join(ledger.folder, 'trust.json'));
  const question = ['--from', '0', '--to', String(size), '--sample', '2', '--seed', 'Bir'];
  here('export', ...question, '-o', 'here-export');
  there('export', ...question, '-o', 'there-export');
  const [one, other] = ['here-export', 'there-export'].map((name) => filesOf(join(ledger.folder, name)));
  assert(one !== undefined && one.size > 20 && [...one.keys()].some((name) => name.endsWith('.custody.html')));
  assert.deepEqual(other, one);
  // Each verifies what the other took.
  here('verify', 'there-export');
  there('verify', 'here-export');
});

function vkeyOf({ name, type, publicKey }: NoteKey): string {
  return formatVkey(name, type, publicKey);
}

/** Every file below a folder, as base64 of its bytes. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = found.map((each) => join(each.parentPath, each.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'base64')]));
}

function sizeOf(proof: string): number {
  const { checkpoint } = JSON.parse(readFileSync(proof, 'utf8')) as { readonly checkpoint: string };
  return Number(checkpoint.split('\n')[1]);
}
