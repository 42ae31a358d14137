import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTE_ED25519 } from '../../src/core/checkpoint/note-key.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { EVIDENCE_OPEN } from '../../src/report/page.ts';
import { newSigner } from '../monitor/monitor-under-test.ts';
import type { GuideRun } from './run-guide.ts';
import { readTours } from './tours.ts';

type Evidence = {
  sha256?: string;
  checkpoint: string;
  entries: { readonly entry: { readonly seq: number; readonly kind: string; readonly stage?: string; time: string } }[];
  payloads: { readonly seq: number; bytes: string }[];
};

const STEPS = ['evidence', 'checkpoint', 'entries', 'envelope'] as const;

/** What an auditor took away holds for two programs and by hand, without the service; and what was changed in it does not. */
export async function checkAuditor(run: GuideRun): Promise<void> {
  assert.match(run.outputOf('monitor --once'), /^Everything that the log signed holds\.$/m);
  const offline = run.outputOf('npx waybill verify away/period.json');
  assert.match(offline, /^ {2}assurances +pinned yes, complete yes, witnessed no, replayed yes,/m);
  assert.match(offline, /^Proved to be complete$/m);
  assert.match(offline, /^These are all entries of the period$/m);
  const second = run.outputOf('WITH="python3');
  assert.equal([...second.matchAll(/^(?:evidence|completeness|period|report): pass$/gm)].length, 4, second);
  for (const [at, step] of STEPS.entries())
    assert.match(run.output, new RegExp(`^${at + 1}\\. (?!NO)`, 'm'), `by hand, the ${step}`);
  await refuseForgedFile(run);
  await refuseByHand(run);
}

/** The year of an entry is another one: both programs say no. */
async function refuseForgedFile({ folder, read, run }: GuideRun): Promise<void> {
  writeFileSync(join(folder, 'away/forged.json'), read('away/evidence.json').replace(/"time":"20\d\d/, '"time":"1999'));
  for (const program of ['npx waybill verify', 'python3 test/second-implementation/waybill_verify.py']) {
    const command = `${program} away/forged.json --trust away/trust.json`;
    assert.deepEqual((await run(command)).failed, [`12 ${command}`]);
  }
}

const EARLY = '1999-01-01T00:00:00.000Z';
const grown = (checkpoint: string) => checkpoint.replace(/\n\d+\n/, '\n9999\n');

/** Each forgery, and the step of the guide that must say no to it first. */
const FORGERIES: readonly (readonly [what: string, step: number, forge: (evidence: Evidence) => void])[] = [
  ['an entry of another year', 3, ({ entries }) => Object.assign(attestation(entries).entry, { time: EARLY })],
  ['a checkpoint of more entries', 2, (all) => Object.assign(all, { checkpoint: grown(all.checkpoint) })],
  ['another document', 3, ({ entries, payloads }) => change(payloads, attestation(entries).entry.seq)],
  ['an entry left out', 3, (all) => leaveOut(all, attestation(all.entries).entry.seq)],
];

async function refuseByHand({ folder, read, run }: GuideRun): Promise<void> {
  const tours = readTours('docs/guides/auditor.md');
  const page = read('away/custody.html');
  const [, text = ''] = page.split(EVIDENCE_OPEN)[1]?.match(/^([^<]*)</) ?? [];
  const logKey = (JSON.parse(read('away/trust.json')) as { logKeys: { vkey: string }[] }).logKeys[0]?.vkey ?? '';
  const byHand = async (forged: string, key = logKey, steps: readonly string[] = STEPS) => {
    writeFileSync(
      join(folder, 'away/custody.html'),
      page.replace(text, () => forged),
    );
    const commands = steps.map((step) => tours.get(`by hand the ${step}`));
    const { output } = await run([`export WAYBILL_LOG_KEY='${key}'`, ...commands].join('\n'));
    return [...output.matchAll(/^(\d)\. (NO)?/gm)].map(([, step, no]) => (no === undefined ? `${step}` : `${step} no`));
  };
  assert.deepEqual(await byHand(text), ['1', '2', '3', '4']);
  // Whoever changes a letter and leaves the sum.
  assert.equal((await byHand(text.replace(/"time":"20\d\d/, '"time":"1999')))[0], '1 no');
  for (const [what, step, forge] of FORGERIES) {
    const evidence = JSON.parse(text) as Evidence;
    forge(evidence);
    const said = await byHand(withSum(evidence));
    assert.equal(
      said.find((each) => each.endsWith('no')),
      `${step} no`,
      `${what}: ${said.join(', ')}`,
    );
  }
  // A key of the log's name that somebody else made.
  const other = newSigner(logKey.split('+')[0] ?? '', NOTE_ED25519).vkey;
  assert.deepEqual((await byHand(text, other)).slice(0, 2), ['1', '2 no']);
  // What nobody committed to falls by its own signature, too.
  const evidence = JSON.parse(text) as Evidence;
  change(evidence.payloads, attestation(evidence.entries).entry.seq);
  assert.deepEqual(await byHand(withSum(evidence), logKey, ['evidence', 'envelope']), ['1', '4 no']);
  writeFileSync(join(folder, 'away/custody.html'), page);
}

/** What the pipeline signed by its own key. */
function attestation(entries: Evidence['entries']): Evidence['entries'][number] {
  const found = entries.findLast(({ entry }) => entry.kind === 'attestation.recorded' && entry.stage === 'test');
  assert(found !== undefined);
  return found;
}

/** Another subject in the envelope, and everything else as it was. */
function change(payloads: Evidence['payloads'], seq: number): void {
  const payload = payloads.find((each) => each.seq === seq);
  assert(payload !== undefined);
  const envelope = JSON.parse(Buffer.from(payload.bytes, 'base64').toString()) as { payload: string };
  const statement = Buffer.from(envelope.payload, 'base64').toString();
  const other = Buffer.from(statement.replace('8b46', '0000')).toString('base64');
  payload.bytes = Buffer.from(JSON.stringify({ ...envelope, payload: other })).toString('base64');
}

function leaveOut(evidence: Evidence, seq: number): void {
  evidence.entries = evidence.entries.filter(({ entry }) => entry.seq !== seq);
  evidence.payloads = evidence.payloads.filter((payload) => payload.seq !== seq);
}

/** The evidence in canonical form, with the sum that it then has. */
function withSum({ sha256: _sum, ...evidence }: Evidence): string {
  const canonical = formatCanonicalJson(evidence as unknown as Json);
  const sha256 = createHash('sha256').update(canonical).digest('hex');
  return formatCanonicalJson({ ...evidence, sha256 } as unknown as Json);
}
