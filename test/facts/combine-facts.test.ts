import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { combineFacts, type FactsSource } from '../../src/core/facts/combine-facts.ts';
import { formatFacts } from '../../src/core/facts/facts.ts';
import { parseManifest } from '../../src/core/image/manifest.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { COMMIT, DIGEST, wrapped } from './facts-under-test.ts';

function source(stage: string | undefined, type: PredicateTypeName, predicate: unknown): FactsSource {
  const of = { predicateType: predicateTypeUri(type), predicate: JSON.parse(JSON.stringify(predicate)) };
  return stage === undefined ? of : { stage, ...of };
}

const junit = (xml: string) => wrapped(`<testsuite>${xml}</testsuite>`);
const bom = (...components: readonly object[]) => ({ specVersion: '1.6', components });
const manifest = (annotations: object = {}) => {
  const descriptor = (digit: string, size: number) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: `sha256:${digit.repeat(64)}`,
    size,
  });
  const document = {
    schemaVersion: 2,
    config: descriptor('1', 5),
    layers: [descriptor('2', 100), descriptor('3', 20)],
    annotations,
  };
  const read = parseManifest(encodeUtf8(JSON.stringify(document)));
  assert.ok(read.ok);
  return read.value;
};

describe('facts of several documents', () => {
  test('are kept by stage and put together', () => {
    const { combined, stages, documents } = combineFacts([
      source('unit', 'junit', junit('<testcase/><testcase><failure/></testcase>')),
      source('system', 'junit', junit('<testcase/>')),
      source('sbom', 'cyclonedx', bom({ name: 'a', version: '1', licenses: [{ license: { id: 'MIT' } }] })),
      source(
        'sbom',
        'cyclonedx',
        bom({ name: 'a', version: '1', licenses: [{ license: { id: 'ISC' } }] }, { name: 'b' }),
      ),
      source('lint', 'sarif', { version: '2.1.0', runs: [{ results: [{}] }] }),
      source('lint', 'sarif', { version: '2.1.0', runs: [{ results: [{ level: 'error' }] }] }),
      source(undefined, 'link', {}),
    ]);
    assert.deepEqual(documents, [{}, {}, {}, {}, {}, {}, {}]);
    assert.deepEqual(combined.tests, { total: 3, passed: 2, failed: 1, skipped: 0 });
    assert.deepEqual(stages.unit, { tests: { total: 2, passed: 1, failed: 1, skipped: 0 } });
    assert.deepEqual(stages.system, { tests: { total: 1, passed: 1, failed: 0, skipped: 0 } });
    assert.deepEqual(combined.components?.list, [{ name: 'a', version: '1', licences: ['ISC', 'MIT'] }, { name: 'b' }]);
    assert.deepEqual(combined.findings, { total: 2, error: 1, warning: 1, note: 0, none: 0, suppressed: 0 });
    assert.deepEqual(Object.keys(stages), ['unit', 'system', 'sbom', 'lint']);
  });

  test('lack what a document that cannot be read might have stated, and nothing else', () => {
    const { combined, stages, documents, fault } = combineFacts([
      source('unit', 'junit', junit('<testcase/>')),
      source('system', 'junit', wrapped('<testsuite>')),
      source('lint', 'sarif', { version: '2.1.0', runs: [] }),
    ]);
    assert.equal(fault, undefined);
    assert.deepEqual(
      documents.map((document) => document.fault?.code),
      [undefined, 'facts/malformed-xml', undefined],
    );
    assert.equal(combined.tests, undefined);
    assert.equal(combined.findings?.total, 0);
    assert.equal(stages.unit?.tests?.total, 1);
    assert.deepEqual(stages.system, {});
  });

  test('take coverage of everything that was counted, or the least where not all was', () => {
    const cobertura = (attributes: string) => source('test', 'cobertura', wrapped(`<coverage ${attributes}/>`));
    const [third, whole] = [
      cobertura('lines-covered="1" lines-valid="3"'),
      cobertura('lines-covered="1" lines-valid="1"'),
    ];
    const rate = cobertura('line-rate="0.9"');
    assert.deepEqual(combineFacts([third, whole]).combined.coverage, {
      lines: { basisPoints: 5_000, covered: 2, total: 4 },
    });
    assert.deepEqual(combineFacts([third, whole, rate]).combined.coverage, { lines: { basisPoints: 3_333 } });
  });

  test('count the approvals of the change that has fewest', () => {
    const reviews = (commit: string, authors: readonly string[], ...approvers: readonly string[]) =>
      source('review', 'pull-request-review', {
        change: { commit },
        authors,
        reviews: approvers.map((reviewer) => ({ reviewer, decision: 'approved', commit })),
      });
    const other = 'd0'.repeat(20);
    const { approvals } = combineFacts([
      reviews(COMMIT, ['p-a'], 'p-b', 'p-c'),
      reviews(COMMIT, ['p-b'], 'p-c'),
      reviews(other, ['p-a'], 'p-b', 'p-c'),
    ]).combined;
    assert.equal(approvals?.count, 1);
    assert.deepEqual(approvals?.approvers, ['p-b', 'p-c']);
    assert.deepEqual(approvals?.changes[0], {
      commit: COMMIT,
      authors: ['p-a', 'p-b'],
      approvers: ['p-c'],
      objectors: [],
    });
  });

  test('hold size and base of the image, from its manifest', () => {
    assert.deepEqual(combineFacts([], { manifest: manifest() }).combined, {
      image: { shape: 'image', layers: 2, bytes: 125 },
    });
    const annotations = {
      'org.opencontainers.image.base.name': 'docker.io/library/alpine:3.20',
      'org.opencontainers.image.base.digest': DIGEST,
    };
    assert.deepEqual(combineFacts([], { manifest: manifest(annotations) }).combined.baseImage, {
      name: 'docker.io/library/alpine:3.20',
      digest: DIGEST,
    });
    const wrong = { 'org.opencontainers.image.base.digest': 'sha256:short' };
    assert.equal(combineFacts([], { manifest: manifest(wrong) }).combined.baseImage, undefined);
  });

  test('have one text, in whatever order bills of materials list their components', () => {
    const [a, b] = [{ name: 'a' }, { name: 'b', licenses: [{ license: { id: 'MIT' } }] }];
    const texts = [bom(a, b), bom(b, a)].map((each) =>
      formatFacts(combineFacts([source('s', 'cyclonedx', each)]).combined),
    );
    assert.equal(texts[0], texts[1]);
    assert.equal(
      texts[0],
      '{"components":{"count":2,"list":[{"name":"a"},{"licences":["MIT"],"name":"b"}]},' +
        '"licences":{"count":1,"list":[{"components":1,"licence":"MIT"}],"unstated":1}}',
    );
  });

  test('of stages with the names of members of objects are facts of those stages', () => {
    const { stages } = combineFacts([
      source('__proto__', 'junit', junit('<testcase/>')),
      source('constructor', 'junit', junit('')),
    ]);
    assert.deepEqual(Object.keys(stages), ['__proto__', 'constructor']);
  });
});
