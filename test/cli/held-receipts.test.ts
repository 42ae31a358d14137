import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { attest, custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { errorCode, openMachine } from './run-cli.ts';

/** A log, a clone of it that went on otherwise, and what readers have of both as files. */
function openDesk() {
  const { home, run } = openMachine();
  const [ours, clone] = [custodyLedger(), custodyLedger()];
  const hidden = attest(ours, { stage: 'scan', note: '9 findings' });
  attest(clone, { stage: 'scan', note: 'clean' });
  attest(ours, { stage: 'scan', digest: `sha256:${'7'.repeat(64)}` });
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(home, name), content);
    return join(home, name);
  };
  return {
    put,
    verify: (file: string, receipt: string, ...more: readonly string[]) =>
      run('verify', file, '--receipt', receipt, '--log-key', ours.vkey, ...more),
    run,
    evidence: put('evidence.json', ours.evidenceBytes(QUESTION)),
    withheld: put('withheld.json', ours.evidenceBytes(QUESTION, { without: [hidden] })),
    kept: put('kept.json', formatReceipt(ours.receipt(hidden))),
    theirs: put('theirs.json', formatReceipt(clone.receipt(hidden))),
  };
}

describe('a receipt that is held against a file', () => {
  const desk = openDesk();

  test('contradicts nothing of evidence that shows its entry (0)', async () => {
    const ran = await desk.verify(desk.evidence, desk.kept, '--json');
    assert.equal(ran.exit, 0, ran.out + ran.err);
    assert.deepEqual(JSON.parse(ran.out).contradictions, []);
    const people = await desk.verify(desk.kept, desk.kept);
    assert.equal(people.exit, 0);
    assert.match(people.err, /Nothing contradicts the receipt/);
  });

  test('proves that evidence leaves its entry out (13, list/omission-proved)', async () => {
    const ran = await desk.verify(desk.withheld, desk.kept, '--json');
    assert.equal(ran.exit, 13);
    const { contradictions } = JSON.parse(ran.out);
    const codes = contradictions.map(({ code }: { readonly code: string }) => code);
    assert.deepEqual(codes, ['list/omission-proved']);
    const people = await desk.verify(desk.withheld, desk.kept);
    assert.equal(people.exit, 13);
    assert.match(people.out, /^Do not rely on this/);
    assert.match(people.out, /\(list\/omission-proved\)/);
  });

  test('proves two histories, against evidence and against another receipt (13, checkpoint/forked)', async () => {
    const evidence = await desk.verify(desk.evidence, desk.theirs, '--json');
    assert.equal(evidence.exit, 13);
    const { contradictions, verdict, verdictByItself } = JSON.parse(evidence.out);
    assert.deepEqual([contradictions[0].code, verdict, verdictByItself], ['checkpoint/forked', 'fail', 'pass']);
    const people = await desk.verify(desk.evidence, desk.theirs);
    assert.match(people.out, /^Do not rely on this log/);
    assert.match(people.out, /^ {2}verdict +fail; by itself pass$/m);
    const receipt = await desk.verify(desk.kept, desk.theirs, '--json');
    assert.deepEqual([receipt.exit, errorCode(receipt)], [13, 'checkpoint/forked']);
  });

  test('is of the same log (12, receipt/wrong-origin), or accuses nobody', async () => {
    const other = custodyLedger({ secret: 'another log', origin: 'waybill-00000000deadbeef' });
    const foreign = desk.put('foreign.json', formatReceipt(other.receipt(3)));
    const ran = await desk.verify(desk.kept, foreign, '--log-key', other.vkey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'receipt/wrong-origin']);
  });

  test('must hold itself, under a key of the reader’s (12), and be one (5)', async () => {
    const forged = desk.put('forged.json', formatReceipt({ ...custodyLedger({ secret: 'forger' }).receipt(3) }));
    const ran = await desk.verify(desk.evidence, forged, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'note/no-known-signature']);
    const unkeyed = await desk.run('verify', desk.evidence, '--receipt', desk.kept, '--json');
    assert.deepEqual([unkeyed.exit, errorCode(unkeyed)], [12, 'note/no-known-signature']);
    const other = await desk.verify(desk.evidence, desk.evidence, '--json');
    assert.deepEqual([other.exit, errorCode(other)], [5, 'cli/unusable-file']);
  });
});
