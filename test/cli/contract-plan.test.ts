import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../../src/cli/connect.ts';
import { planContract } from '../../src/cli/plan-contract.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const MANIFEST = join(
  EXAMPLES,
  'image-layout/blobs/sha256/8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323',
);
const contract = (...stages: readonly string[]) =>
  `contract: shop\nrepositories: [shop/*]\nstages: [${stages.map((stage) => `{stage: ${stage}}`).join(', ')}]\n`;

type Told = {
  readonly images: number;
  readonly cut: boolean;
  readonly version?: number;
  readonly changes: readonly { readonly direction: string }[];
  readonly verdicts: readonly { readonly before: string; readonly after: string; readonly images: number }[];
  readonly affected: readonly {
    readonly digest: string;
    readonly repository: string;
    readonly effect: string;
    readonly broken: readonly { readonly code: string; readonly stage?: string; readonly reason: string }[];
  }[];
  readonly notJudged: readonly { readonly digest: string; readonly code: string }[];
};
const toldBy = (ran: Ran) => JSON.parse(ran.out) as Told;

describe('waybill contract plan', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let machine: ReturnType<typeof openMachine>;
  const images: Record<string, string> = {};
  const files: Record<string, string> = {};

  async function ok(...args: readonly string[]): Promise<Ran> {
    const ran = await machine.run(...args);
    assert.equal(ran.exit, 0, `${args.join(' ')}: ${ran.err}${ran.out}`);
    return ran;
  }

  function write(name: string, text: string): string {
    const file = join(machine.home, name);
    writeFileSync(file, text);
    return file;
  }

  /** An image of its own: the example's manifest with another annotation. */
  async function image(name: string, repository: string, ...stages: readonly string[]): Promise<void> {
    const manifest = { ...JSON.parse(readFileSync(MANIFEST, 'utf8')), annotations: { name } };
    const file = write(`${name}.manifest.json`, JSON.stringify(manifest));
    const signed = await ok('sign', file, '--repository', repository, '--json');
    const digest = JSON.parse(signed.out).digest as string;
    images[name] = digest;
    for (const stage of stages) {
      const document = join(EXAMPLES, stage === 'sbom' ? 'sbom.cdx.json' : 'junit.xml');
      await ok('attest', digest, '--repository', repository, '--stage', stage, document);
    }
  }

  before(async () => {
    service = await openHttpService();
    machine = openMachine({
      WAYBILL_URL: service.url,
      WAYBILL_TOKEN: service.token,
      WAYBILL_LOG_KEY: service.logKey,
    });
    files.test = write('test.yaml', contract('test'));
    files.both = write('both.yaml', contract('test', 'sbom'));
    files.none = write('none.yaml', contract());
    files.web = write('web.yaml', contract('test').replaceAll('shop', 'web'));
    await ok('contract', 'publish', files.test);
    await image('both', 'shop/api', 'test', 'sbom');
    await image('tested', 'shop/api', 'test');
    await image('bare', 'shop/web');
    await image('elsewhere', 'web/api');
  });
  after(async () => service?.[Symbol.asyncDispose]());

  test('names each image that would fail, and why, publishes nothing, and ends with 19', async () => {
    const ran = await machine.run('contract', 'plan', files.both ?? '', '--json');
    const told = toldBy(ran);
    assert.deepEqual([ran.exit, told.images, told.cut, told.version], [19, 3, false, 1], ran.err);
    assert.deepEqual(told.verdicts[0], { before: 'pass', after: 'fail', images: 1 });
    assert.deepEqual(told.verdicts.map(({ before: was, after: is, images: count }) => `${was} ${is} ${count}`).sort(), [
      'fail fail 1',
      'pass fail 1',
      'pass pass 1',
    ]);
    assert.deepEqual(
      told.affected.map(({ digest, repository, effect, broken }) => [
        digest,
        repository,
        effect,
        broken.map(({ reason, stage }) => [reason, stage]),
      ]),
      // The newest first; what fails already is named where it would for one more reason.
      [
        [images.bare, 'shop/web', 'fails-more', [['contract/stage-missing', 'sbom']]],
        [images.tested, 'shop/api', 'breaks', [['contract/stage-missing', 'sbom']]],
      ],
    );
    const people = await machine.run('contract', 'plan', files.both ?? '');
    assert.equal(people.exit, 19);
    assert.match(people.out, /shop: in place of version 1/);
    assert.match(people.out, /tightened.*\n {2}stage sbom: added/);
    assert.match(people.out, / 1 {2}pass → fail\n/);
    assert.match(
      people.out,
      new RegExp(`WOULD PASS NO MORE:\n {2}shop/api@${images.tested}\n.*\n {6}contract/stage-missing sbom: `),
    );
    assert.match(people.out, new RegExp(`fail already, and would for more reasons:\n  shop/web@${images.bare}\n`));
    assert.match(people.out, /Nothing was changed\.\n$/);
    assert.match((await ok('contract', 'list')).out, /shop +1 +/);
  });

  test('a looser contract heals, and one of a new name judges what nothing judged (0)', async () => {
    const looser = toldBy(await ok('contract', 'plan', files.none ?? '', '--json'));
    assert.deepEqual(
      looser.affected.map(({ digest, effect }) => [digest, effect]),
      [[images.bare, 'heals']],
    );
    assert.deepEqual(
      looser.changes.map(({ direction }) => direction),
      ['loosened'],
    );
    const first = toldBy(await ok('contract', 'plan', files.web ?? '', '--json'));
    assert.equal(first.version, undefined);
    assert.deepEqual(first.verdicts, [{ before: 'unjudged', after: 'fail', images: 1 }]);
    assert.deepEqual(
      first.affected.map(({ digest, effect }) => [digest, effect]),
      [[images.elsewhere, 'otherwise']],
    );
  });

  test('looks at the newest images of the days that are asked for, and says where there are more', async () => {
    const cut = toldBy(await ok('contract', 'plan', files.test ?? '', '--max-images', '2', '--json'));
    assert.deepEqual([cut.images, cut.cut, cut.affected.length], [2, true, 0]);
    const world = {
      version: '0',
      environment: {},
      home: machine.home,
      now: () => new Date(),
      colour: false,
      knownPrograms: [],
    };
    const silent = { ...world, write: () => undefined, note: () => undefined };
    const { url, token, logKey } = service;
    const connection = connect({ ...silent, environment: { WAYBILL_TOKEN: token } }, { url, logKey: [logKey] });
    const proposal = { contract: 'shop', repositories: ['shop/*'], stages: [] };
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const look = (now: Date) =>
      planContract(
        connection,
        proposal,
        ['shop/*'],
        { now, days: 3, imagesMax: 9 },
        { at: () => undefined, end: () => undefined },
      );
    assert.equal((await look(inDays(2))).judged.length, 3);
    assert.equal((await look(inDays(4))).judged.length, 0);
    for (const days of ['0', 'x', '1.5', '4000']) {
      const ran = await machine.run('contract', 'plan', files.test ?? '', '--days', days, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [2, 'cli/bad-argument'], days);
    }
  });

  test('an image whose evidence the service refuses is named, and the others are judged', async () => {
    const refusing: typeof fetch = async (input, init) => {
      if (!String(input).includes(`${encodeURIComponent(images.tested ?? '')}/evidence`)) return fetch(input, init);
      const problem = { type: 'about:blank', title: 'no', status: 422, code: 'custody/too-large', detail: 'no' };
      return new Response(JSON.stringify(problem), {
        status: 422,
        headers: { 'content-type': 'application/problem+json' },
      });
    };
    const ran = await machine.runWith(refusing)('contract', 'plan', files.both ?? '', '--json');
    const told = toldBy(ran);
    assert.deepEqual([ran.exit, told.images], [0, 2], ran.out);
    assert.deepEqual(
      told.notJudged.map(({ digest, code }) => [digest, code]),
      [[images.tested, 'custody/too-large']],
    );
  });

  test('a rule that compares with what was released before is judged for the environment that is named', async () => {
    await ok('release', `shop/api@${images.both}`, '--environment', 'production');
    const rule =
      '{rule: more-tests, expression: "!has(previous.digest) || facts.tests.total > previous.facts.tests.total"}';
    const file = write('compares.yaml', `${contract('test')}rules: [${rule}]\n`);
    const reasons = async (...options: readonly string[]) => {
      const told = toldBy(await machine.run('contract', 'plan', file, '--json', ...options));
      const broken = told.affected.filter(({ effect }) => effect === 'breaks');
      return broken.map((image) => [image.digest, image.broken.map(({ reason }) => reason)]).sort();
    };
    const without = ['contract/no-environment'];
    assert.deepEqual(
      await reasons(),
      [
        [images.both, without],
        [images.tested, without],
      ].sort(),
    );
    // The image that runs there has nothing else before it; the other has as many tests, and not more.
    assert.deepEqual(await reasons('--environment', 'production'), [[images.tested, ['contract/rule-violated']]]);
  });

  test('a contract that takes images from a repository of which evidence shows nothing is not foreseen', async () => {
    const file = write('from.yaml', `${contract('test')}from: [dev/api]\n`);
    const ran = await machine.run('contract', 'plan', file, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/unusable-file']);
  });

  test('the dry run of withdraw names what nothing would cover any more, and withdraws nothing', async () => {
    const ran = await machine.run('contract', 'withdraw', 'shop', '--dry-run', '--json');
    const told = toldBy(ran);
    assert.equal(ran.exit, 19, ran.err);
    assert.deepEqual(
      told.affected.map(({ digest, effect }) => [digest, effect]).sort(),
      [
        [images.both, 'breaks'],
        [images.tested, 'breaks'],
        [images.bare, 'otherwise'],
      ].sort(),
    );
    assert.deepEqual([...new Set(told.verdicts.map(({ after: is }) => is))], ['unjudged']);
    assert.match((await ok('contract', 'list')).out, /in force/);
    const unknown = await machine.run('contract', 'withdraw', 'nobody', '--dry-run', '--json');
    assert.deepEqual([unknown.exit, errorCode(unknown)], [3, 'contract/unknown']);
  });

  test('the dry run of publish says the same, and what it says comes true once it is published', async () => {
    const planned = await machine.run('contract', 'plan', files.both ?? '', '--json');
    const dry = await machine.run('contract', 'publish', files.both ?? '', '--dry-run', '--json');
    assert.equal(dry.exit, 19);
    const { since: _a, ...first } = JSON.parse(planned.out);
    const { since: _b, ...second } = JSON.parse(dry.out);
    assert.deepEqual(second, first);
    const odd = await machine.run('contract', 'publish', '--dry-run', '--json');
    assert.deepEqual([odd.exit, errorCode(odd)], [2, 'cli/bad-argument']);
    await ok('contract', 'publish', files.both ?? '');
    for (const [name, verdict] of [
      ['both', 'pass'],
      ['tested', 'fail'],
      ['bare', 'fail'],
    ] as const) {
      const ran = await machine.run('verify', images[name] ?? '', '--json');
      assert.equal(JSON.parse(ran.out).verdict, verdict, name);
    }
  });
});
