import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  announcedFailures,
  beginsAfter,
  guidesWithCommands,
  lintBlocks,
  notRun,
  readBlocks,
  readPage,
} from './guide-blocks.ts';
import { GUIDE_RUNS } from './guide-runs.ts';
import { readTours } from './tours.ts';

/** Every block of commands that no test runs, and why. A block is added here only where it cannot run at all. */
const NOT_RUN = [
  'docs/guides/auditor.md: npx waybill export --from 2026-07-01 --to 2026-10-01 -o q3 --sample 25 --seed "number of the draw of 2026-10-05: 4711" (needs a period that has ended, with images in it)',
  'docs/guides/operator.md: touch events.jsonl (follows for ever)',
  'docs/guides/operator.md: npx waybill webhook add https://hooks.example.com/waybill -t verdict.failed -t waiver.requested -t run.expired -o hook.secret (posts to a receiver of yours)',
  'docs/guides/pipeline.md: docker buildx build --output type=oci,tar=false,dest=image-layout . (the machines that run the tests have no container engine)',
];

/** Pages other than guides whose commands are run as well. */
const BESIDES = ['examples/README.md'];

test('every guide with commands is run, and nothing else claims to be', () => {
  assert.deepEqual(Object.keys(GUIDE_RUNS).sort(), [...guidesWithCommands(), ...BESIDES].sort());
});

test('no guide has a command that is not run, but for those that are listed here', () => {
  const blocks = Object.keys(GUIDE_RUNS).flatMap((page) => readBlocks(page));
  assert.deepEqual(lintBlocks(blocks), []);
  assert.deepEqual(notRun(blocks), NOT_RUN);
  assert(blocks.filter(({ language }) => language === 'sh').length > 50);
});

test('a guide that begins after a tour of the README says so to its readers', () => {
  for (const page of Object.keys(GUIDE_RUNS)) {
    for (const tour of beginsAfter(page)) assert(readTours().has(tour), `${page}: ${tour}`);
    if (beginsAfter(page).length > 0) assert.match(readPage(page), /\[README\]\((?:\.\.\/)+README\.md#/, page);
  }
});

test('every block of the README is a tour, or one of the two lines that it opens with', () => {
  const other = readBlocks('README.md').filter(({ language, mark }) => language === 'sh' && mark?.says !== 'tour');
  assert.deepEqual(
    other.map(({ text }) => text),
    ['npm ci && npm run demo', 'npm ci && npm test'],
  );
  assert.deepEqual(lintBlocks(readBlocks('README.md')), []);
});

const page = (block: string) => `# Guide\n\n${block}\n`;

for (const [what, text, problem] of [
  ['in a block without a language', '```\nwaybill verify custody.html\n```', /a block of ""/],
  ['in a block of another language', '```text\n$ npx waybill gate x\n```', /outside of a block of sh/],
  ['in a block of a language that nobody runs', '```bash\nls\n```', /a block of "bash"/],
  ['with a placeholder', '```sh\nnpx waybill verify sha256:…\n```', /a placeholder/],
  ['without npx', '```sh\nwaybill drill\n```', /without npx/],
  ['with a name to fill in', '```sh\nnpx waybill token revoke <id>\n```', /a placeholder/],
  [
    'under a mark that is mistyped',
    '<!-- not-run: no engine -->\n<!-- notrun: no engine -->\n```sh\nls\n```',
    /that nobody reads/,
  ],
] as const)
  test(`a command that is planted ${what} is noticed`, () => {
    const problems = lintBlocks(readBlocks('planted.md', page(text)));
    assert.equal(problems.length > 0 && problems.some((each) => problem.test(each)), true, problems.join('\n'));
  });

test('a block that is planted as not run is one more than are listed', () => {
  const planted = page('<!-- not run: I had no time -->\n```sh\nnpx waybill drill\n```');
  assert.deepEqual(notRun(readBlocks('planted.md', planted)), ['planted.md: npx waybill drill (I had no time)']);
});

test('a failure is allowed for the one command that announces it, and by its exit code', () => {
  const [block] = readBlocks(
    'planted.md',
    page('```sh\nnpx waybill verify x     # exit code 11: unjudged\nnpx waybill gate x\n```'),
  );
  assert(block !== undefined);
  assert.deepEqual(announcedFailures(block), ['11 npx waybill verify x']);
});
