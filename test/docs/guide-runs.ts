import assert from 'node:assert/strict';
import { checkAuditor } from './auditor-run.ts';
import type { GuideRun } from './run-guide.ts';

type Check = (run: GuideRun) => void | Promise<void>;

const countOf = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].length;

/** What must have come of each guide, beside that every block of it ran to its end. */
export const GUIDE_RUNS: Readonly<Record<string, Check>> = {
  'docs/guides/admin.md': ({ output, outputOf }) => {
    assert.match(
      outputOf('change propose settings on'),
      /Another administrator reads it, and runs: waybill change approve trust \d+/,
    );
    assert.match(output, /^[0-9a-f]{64} follows [0-9a-f]{64}$/m);
    assert.match(outputOf('waybill signer impact ci.key'), /shop\/api/);
  },
  'docs/guides/auditor.md': checkAuditor,
  'docs/guides/contracts.md': ({ outputOf }) => {
    assert.match(outputOf('contract test release.yaml'), /^ {2}ok +a scan of eight days ago$/m);
    assert.match(outputOf('> looser.yaml'), /^LOOSENED: images may pass that did not$/m);
  },
  'docs/guides/control.md': ({ output, outputOf, read }) => {
    assert.match(output, /\(control\/missing/);
    assert.match(output, /^refused, as it must be$/m);
    assert.match(output, /Publish the contract shop-api, version 1, for shop\/api/);
    assert.match(output, /takes +2 of 3 control keys; 2 agreed/);
    const trust = JSON.parse(read('trust.json'));
    assert.equal(trust.controlKeys.length, 3);
    assert.equal(trust.controlThreshold, 2);
    assert.match(outputOf('rotate image --control'), /^[0-9a-f]{64} follows [0-9a-f]{64} as the image key$/m);
    assert.match(
      outputOf('replace service --control'),
      /^[0-9a-f]{64} takes the place of [0-9a-f]{64} as the service key$/m,
    );
    assert.match(outputOf('--step retire'), /log-.*\.old\.key/);
    assert.match(outputOf('# the key that the reader knows'), /^ {2}verdict +pass$/m);
  },
  'docs/guides/drills.md': ({ outputOf }) => {
    assert.match(outputOf('waybill drill --list'), /caught/);
  },
  'docs/guides/monitor.md': ({ outputOf }) => {
    assert.match(outputOf('--once'), /^Everything that the log signed holds\.$/m);
    assert.match(outputOf('MONITOR=$!'), /^waybill_monitor_lag_entries 0$/m);
  },
  'docs/guides/operator.md': ({ output, outputOf, read }) => {
    assert.match(outputOf('waybill keys replace image'), /takes the place of [0-9a-f]{64} as the image key/);
    assert.match(outputOf('--step retire'), /log-.*\.old\.key/);
    assert.match(read('page.jsonl'), /"kind":"log-key\.rotated"/);
    assert.match(read('place'), /^[1-9][0-9]*$/m);
    assert.match(outputOf('resume --open-successor'), /resume\/log-intact/);
    assert.match(outputOf('resume --seal'), /sealed/);
    assert.doesNotMatch(output, /head\/not-ours/);
  },
  'docs/guides/pipeline.md': ({ outputOf }) => {
    assert.match(outputOf('waybill gate'), /^deploy it$/m);
    assert.match(outputOf('waybill gate'), /^ {2}verdict +pass$/m);
    assert.match(outputOf('attestations/batch'), /^each line is recorded; batch\.answers\.jsonl holds the receipts$/m);
    assert.match(outputOf('run close'), /succeeded/);
  },
  'docs/guides/release-manager.md': ({ output, outputOf }) => {
    assert.equal(countOf(/^no: exit code 10$/gm, output), 2, output);
    assert.match(outputOf('waiver approve'), /^ {2}verdict +waived$/m);
    assert.match(outputOf('waiver approve'), /^yes: waived /m);
    assert.match(outputOf('waiver approve'), /^ {2}waived: desk: contract\/rule scan nothing-critical, /m);
    assert.match(outputOf('waiver approve'), /^yes, as long as the waiver lasts$/m);
    assert.match(outputOf('-o desk.html'), /image\/retired/);
    assert.equal(countOf(/^deploy it$/gm, output), 2, output);
  },
  'examples/README.md': ({ output }) => {
    assert.match(output, /^ {2}verdict +fail$/m);
    assert.match(output, /contract\/stage-missing/);
  },
};
