import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');
const SBOM = join(import.meta.dirname, '../../examples/sbom.cdx.json');
const PURL = 'pkg:npm/lib@1.0.0';

describe('waybill facts', () => {
  const offline = openMachine();
  const write = (name: string, document: object | string) => {
    const file = join(offline.home, name);
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    return file;
  };
  const scan = write('scan.json', {
    matches: ['CVE-2024-0001', 'CVE-2024-0002'].map((id) => ({
      vulnerability: { id, severity: 'High', fix: { versions: ['1.0.1'] } },
      artifact: { name: 'lib', version: '1.0.0', purl: PURL },
    })),
    descriptor: { name: 'grype' },
  });
  const vex = write('vex.json', {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: [{ vulnerability: { name: 'CVE-2024-0001' }, status: 'not_affected', products: [{ '@id': PURL }] }],
  });
  const wholeImage = write('whole.json', {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: [{ vulnerability: { name: 'CVE-2024-0001' }, status: 'fixed' }],
  });

  test('of a file are printed without a network, for people and as JSON', async () => {
    const people = await offline.run('facts', scan);
    assert.equal(people.exit, 0, people.err);
    assert.match(people.out, /\(grype-json\)/);
    assert.match(people.out, /vulnerabilities +2: 2 high; 2 with a fix, 0 suppressed/);
    assert.match(people.out, /high +CVE-2024-0001 +pkg:npm\/lib@1\.0\.0 +1\.0\.1/);
    const json = await offline.run('facts', scan, '--json');
    const { documents, facts } = JSON.parse(json.out);
    assert.deepEqual(documents, [
      { file: scan, format: 'grype-json', predicateType: 'https://waybill.dev/attestation/grype/v1' },
    ]);
    assert.equal(facts.vulnerabilities.high, 2);
  });

  test('of several documents are those after VEX', async () => {
    const ran = await offline.run('facts', scan, '--with', vex, '--json');
    assert.deepEqual([ran.exit, JSON.parse(ran.out).facts.vulnerabilities.high], [0, 1]);
    const unknown = await offline.run('facts', scan, '--with', wholeImage, '--json');
    assert.equal(JSON.parse(unknown.out).facts.vulnerabilities.high, 2);
    const known = await offline.run(
      'facts',
      scan,
      '--with',
      wholeImage,
      '--subject',
      `sha256:${'a1'.repeat(32)}`,
      '--json',
    );
    assert.equal(JSON.parse(known.out).facts.vulnerabilities.high, 1);
  });

  test('of two files are compared', async () => {
    const earlier = write('earlier.json', { matches: [], descriptor: { name: 'grype' } });
    const ran = await offline.run('facts', scan, '--against', earlier, '--json');
    const { comparison } = JSON.parse(ran.out);
    assert.deepEqual([comparison.vulnerabilities.before, comparison.vulnerabilities.new.high], [0, 2]);
    const people = await offline.run('facts', scan, '--against', earlier);
    assert.match(people.out, /Since Facts of .*earlier\.json/);
    assert.match(people.out, /0 before, 2 now; 2 new, 0 gone/);
  });

  test('say so where nothing is stated', async () => {
    const ran = await offline.run(
      'facts',
      write('csaf.json', { document: { csaf_version: '2.0', category: 'csaf_base' } }),
    );
    assert.equal(ran.exit, 0);
    assert.match(ran.out, /No facts are stated\./);
  });

  test('are refused with 5 for files that are not known or not whole, with 2 for a wrong command line', async () => {
    const unknown = await offline.run('facts', write('unknown.json', { hello: 1 }), '--json');
    assert.deepEqual([unknown.exit, errorCode(unknown)], [5, 'statement/unrecognised-document']);
    const broken = await offline.run('facts', write('broken.xml', '<testsuite>'), '--json');
    assert.deepEqual([broken.exit, errorCode(broken)], [5, 'facts/malformed-xml']);
    const second = await offline.run('facts', scan, '--with', write('odd.xml', '<testsuite>'), '--json');
    assert.deepEqual([second.exit, errorCode(second)], [5, 'facts/malformed-xml']);
    const absent = await offline.run('facts', join(offline.home, 'absent.json'), '--json');
    assert.deepEqual([absent.exit, errorCode(absent)], [5, 'cli/unusable-file']);
    const digest = await offline.run('facts', scan, '--subject', 'latest', '--json');
    assert.deepEqual([digest.exit, errorCode(digest)], [2, 'cli/bad-argument']);
    const both = await offline.run('facts', `sha256:${'a1'.repeat(32)}`, '--with', scan, '--json');
    assert.deepEqual([both.exit, errorCode(both)], [2, 'cli/bad-argument']);
  });

  test('show control characters of a document as what they are', async () => {
    const ran = await offline.run(
      'facts',
      write('odd.json', {
        matches: [{ vulnerability: { id: 'CVE-\u001b[31m', severity: 'Low' }, artifact: { name: 'a\u202eb' } }],
        descriptor: { name: 'grype' },
      }),
    );
    assert.equal(ran.exit, 0);
    assert.match(ran.out, /CVE-\\u\{1b\}\[31m +a\\u\{202e\}b/);
  });

  describe('of an image', () => {
    let service: Awaited<ReturnType<typeof openHttpService>>;
    let online: ReturnType<typeof openMachine>;
    let digest: string;

    before(async () => {
      service = await openHttpService();
      online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
      const signed = await online.run('sign', LAYOUT, '--repository', 'shop/api', '--json');
      assert.equal(signed.exit, 0, signed.err);
      digest = JSON.parse(signed.out).digest;
      for (const [stage, file] of [
        ['sbom', SBOM],
        ['scan', scan],
        ['test', write('late.xml', '<testsuite>')],
      ] as const) {
        const ran = await online.run('attest', digest, '--stage', stage, file);
        assert.equal(ran.exit, 0, ran.err);
      }
    });
    after(async () => {
      await service[Symbol.asyncDispose]();
    });

    test('are asked of the service, which says what it could not read', async () => {
      const ran = await online.run('facts', digest, '--json');
      assert.equal(ran.exit, 0, ran.err);
      const { facts, stages, documents } = JSON.parse(ran.out);
      assert.equal(facts.vulnerabilities.high, 2);
      assert.equal(stages.scan.vulnerabilities.high, 2);
      assert.equal(facts.tests, undefined);
      assert.equal(documents.at(-1).fault.code, 'facts/malformed-xml');
      const people = await online.run('facts', `shop/api@${digest}`);
      assert.match(people.out, /Not read, and its facts are missing: entry \d+, .* \(facts\/malformed-xml\)/);
      assert.match(people.out, /image +\d+ layers?, \d+ bytes/);
    });

    test('are compared with those of a file', async () => {
      const ran = await online.run('facts', digest, '--against', SBOM, '--json');
      assert.deepEqual(JSON.parse(ran.out).comparison.components.addedCount, 0);
    });

    test('that the service does not know are refused with 3', async () => {
      const ran = await online.run('facts', `sha256:${'ee'.repeat(32)}`, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [3, 'image/unknown']);
    });
  });
});
