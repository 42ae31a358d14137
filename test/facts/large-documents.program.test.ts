import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { LargeAnswer } from './large-document-worker.ts';

const BYTES = 32 * 1024 * 1024;
/** Of the thread's values. A document has 32 MiB as bytes, as many as text, and its values on top. */
const HEAP_MIB_MAX = 1_024;
/** Processor time of the thread, four times what the worst of them takes on a machine of two cores. */
const CPU_MS_MAX = 8_000;

const NONE = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
const LONG = 'x'.repeat(260);
const CYCLONEDX = '{"bomFormat":"CycloneDX","specVersion":"1.6",';
const SARIF = '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[';
const OPENVEX = '{"@context":"https://openvex.dev/ns/v0.2.0","statements":[';
const CSAF = `{"document":{"csaf_version":"2.0","category":"csaf_vex"},"product_tree":{"full_product_names":[
  {"product_id":"P","product_identification_helper":{"purl":"pkg:npm/a@1"}}]},"vulnerabilities":[`;
const STATEMENT = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"${'a1'.repeat(32)}"}}],`;

type Large = {
  readonly head: string;
  readonly item: (index: number) => string;
  readonly tail: string;
  readonly separator?: string;
  /** What the document states, by the number of its items, or the code that refuses it. */
  readonly states: (count: number) => unknown;
};

/** One document of each format that is as large as any may be, and those of small elements that cost a reader most. */
const DOCUMENTS: Readonly<Record<string, Large>> = {
  CycloneDX: {
    head: `${CYCLONEDX}"components":[`,
    item: (i) => `{"type":"library","name":"c${i}","version":"1","purl":"pkg:npm/c${i}@1?a=b","description":"${LONG}"}`,
    tail: ']}',
    states: (count) => ({ components: { count }, licences: { count: 0, unstated: count } }),
  },
  'CycloneDX of more components than facts hold': {
    head: `${CYCLONEDX}"components":[`,
    item: (i) => `{"name":"c${i}"}`,
    tail: ']}',
    states: () => 'facts/too-many-elements',
  },
  'CycloneDX of one component with licences': {
    head: `${CYCLONEDX}"components":[`,
    item: () => '{"name":"a","licenses":[{"expression":"MIT OR (ISC AND X WITH Y)"}]}',
    tail: ']}',
    states: () => ({ components: { count: 1 }, licences: { count: 3, unstated: 0 } }),
  },
  'SPDX 2': {
    head: '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[',
    item: (i) => `{"SPDXID":"SPDXRef-${i}","name":"c${i}","licenseConcluded":"MIT","description":"${LONG}"}`,
    tail: ']}',
    states: (count) => ({ components: { count }, licences: { count: 1, unstated: 0 } }),
  },
  'SPDX 3': {
    head: '{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[',
    item: (i) => `{"type":"software_Package","spdxId":"u:${i}","name":"c${i}","description":"${LONG}"}`,
    tail: ']}',
    states: (count) => ({ components: { count }, licences: { count: 0, unstated: count } }),
  },
  SARIF: {
    head: SARIF,
    item: () => '{"level":"note"}',
    tail: ']}]}',
    states: (count) => ({ findings: { total: count, error: 0, warning: 0, note: count, none: 0, suppressed: 0 } }),
  },
  JUnit: {
    head: '<testsuite>',
    item: () => '<testcase/>',
    tail: '</testsuite>',
    separator: '',
    states: (count) => ({ tests: { total: count, passed: count, failed: 0, skipped: 0 } }),
  },
  'JUnit of references': {
    head: '<testsuite>',
    item: () => '&#38;',
    tail: '</testsuite>',
    separator: '',
    states: () => ({ tests: { total: 0, passed: 0, failed: 0, skipped: 0 } }),
  },
  Cobertura: {
    head: '<coverage line-rate="1"><packages>',
    item: (i) => `<line number="${i}" hits="1"/>`,
    tail: '</packages></coverage>',
    separator: '',
    states: () => ({ coverage: { lines: { basisPoints: 10_000 } } }),
  },
  JaCoCo: {
    head: '<report name="a"><counter type="LINE" missed="1" covered="3"/>',
    item: () => '<package><counter type="LINE" missed="1" covered="3"/></package>',
    tail: '</report>',
    separator: '',
    states: () => ({ coverage: { lines: { basisPoints: 7_500, covered: 3, total: 4 } } }),
  },
  Trivy: {
    head: '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Class":"os-pkgs","Vulnerabilities":[',
    item: (i) => `{"VulnerabilityID":"CVE-2024-${i}","PkgName":"a","Severity":"HIGH","Description":"${LONG}"}`,
    tail: ']}]}',
    states: (count) => ({ vulnerabilities: { ...NONE, total: count, high: count, fixable: 0, suppressed: 0 } }),
  },
  Grype: {
    head: '{"descriptor":{"name":"grype"},"matches":[',
    item: (i) => `{"vulnerability":{"id":"CVE-2024-${i}","severity":"Low"},"artifact":{"name":"a"},"x":"${LONG}"}`,
    tail: ']}',
    states: (count) => ({ vulnerabilities: { ...NONE, total: count, low: count, fixable: 0, suppressed: 0 } }),
  },
  twistcli: {
    head: '{"results":[{"vulnerabilityDistribution":{"total":1},"vulnerabilities":[',
    item: (i) => `{"id":"CVE-2024-${i}","packageName":"a","severity":"critical","description":"${LONG}"}`,
    tail: ']}]}',
    states: (count) => ({ vulnerabilities: { ...NONE, total: count, critical: count, fixable: 0, suppressed: 0 } }),
  },
  GitLab: {
    head: '{"version":"15.0.0","scan":{"type":"container_scanning","scanner":{}},"vulnerabilities":[',
    item: (i) => `{"id":"CVE-2024-${i}","severity":"Unknown","description":"${LONG}${LONG}"}`,
    tail: ']}',
    states: (count) => ({ vulnerabilities: { ...NONE, total: count, unknown: count, fixable: 0, suppressed: 0 } }),
  },
  'GitHub code scanning': {
    head: '[',
    item: () => '{"number":1,"state":"open","rule":{"severity":"error"},"tool":{}}',
    tail: ']',
    states: (count) => ({ findings: { total: count, error: count, warning: 0, note: 0, none: 0, suppressed: 0 } }),
  },
  OpenVEX: {
    head: OPENVEX,
    item: (i) => `{"vulnerability":{"name":"CVE-2024-${i}"},"status":"fixed","products":[{"@id":"pkg:npm/a@1"}]}`,
    tail: ']}',
    states: (count) => ({
      vex: { statements: count, affected: 0, fixed: count, notAffected: 0, underInvestigation: 0 },
    }),
  },
  CSAF: {
    head: CSAF,
    item: (i) => `{"cve":"CVE-2024-${i}","product_status":{"fixed":["P"]},"title":"${LONG}"}`,
    tail: ']}',
    states: (count) => ({
      vex: { statements: count, affected: 0, fixed: count, notAffected: 0, underInvestigation: 0 },
    }),
  },
  'CSAF of more products than are read': {
    head: CSAF,
    item: () => '{"cve":"C","product_status":{"fixed":["P"]}}',
    tail: ']}',
    states: () => 'facts/too-many-elements',
  },
  'scans of in-toto': {
    head: `${STATEMENT}"predicateType":"https://in-toto.io/attestation/vulns/v0.2","predicate":{"scanner":{"result":[`,
    item: (i) => `{"id":"CVE-2024-${i}","annotations":["${LONG}${LONG}"]}`,
    tail: ']}}}',
    states: (count) => ({ vulnerabilities: { ...NONE, total: count, unknown: count, fixable: 0, suppressed: 0 } }),
  },
  'test results of in-toto': {
    head: `${STATEMENT}"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":{"result":"PASSED","passedTests":[`,
    item: () => '"a test of some name"',
    tail: ']}}',
    states: (count) => ({ tests: { total: count, passed: count, failed: 0, skipped: 0 } }),
  },
  provenance: {
    head: `${STATEMENT}"predicateType":"https://slsa.dev/provenance/v1","predicate":{"runDetails":{"builder":{"id":"b"}},"buildDefinition":{"resolvedDependencies":[`,
    item: (i) => `{"uri":"https://example.com/${i}"}`,
    tail: ']}}}',
    states: () => ({ builders: ['b'] }),
  },
  'reviews of a change': {
    head: `{"change":{"commit":"${'c0'.repeat(20)}"},"authors":["p-a"],"reviews":[`,
    item: (i) => `{"reviewer":"p-${i % 7}","decision":"dismissed","commit":"${'c0'.repeat(20)}"}`,
    tail: ']}',
    states: () => ({
      approvals: {
        count: 0,
        approvers: [],
        objectors: [],
        changes: [{ commit: 'c0'.repeat(20), authors: ['p-a'], approvers: [], objectors: [] }],
      },
    }),
  },
};

/** As many items as 32 MiB hold, filled up with a space. */
function build({ head, item, tail, separator = ',' }: Large): { readonly bytes: Uint8Array; readonly count: number } {
  const parts: string[] = [];
  let length = head.length + tail.length;
  for (let index = 0; ; index += 1) {
    const text = (index === 0 ? '' : separator) + item(index);
    if (length + text.length > BYTES) break;
    parts.push(text);
    length += text.length;
  }
  const text = head + parts.join('') + tail;
  return { bytes: Uint8Array.from(Buffer.from(text.padEnd(BYTES))), count: parts.length };
}

describe('documents of 32 MiB', () => {
  let worker: Worker;
  before(() => {
    worker = new Worker(new URL('./large-document-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
  });
  after(() => worker.terminate());

  function read(bytes: Uint8Array<ArrayBuffer>): Promise<LargeAnswer> {
    return new Promise((settle, refuse) => {
      const once = (answer: LargeAnswer) => {
        worker.off('error', refuse);
        settle(answer);
      };
      worker.once('message', once);
      worker.once('error', refuse);
      worker.postMessage(bytes, [bytes.buffer]);
    });
  }

  for (const [what, document] of Object.entries(DOCUMENTS)) {
    test(`${what}: read within bounds of memory and processor time`, async () => {
      const { bytes, count } = build(document);
      assert.equal(bytes.length, BYTES);
      const { numbers, cpuMs } = await read(bytes as Uint8Array<ArrayBuffer>);
      assert.deepEqual(numbers, document.states(count));
      assert(cpuMs <= CPU_MS_MAX, `${Math.round(cpuMs)} ms of processor time`);
    });
  }
});
