import type { Contract } from '../../src/core/contract/contract.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatSignerDocument, SIGNER_MEDIA_TYPE } from '../../src/core/trust/signer-document.ts';
import {
  attest,
  digestOf,
  grant,
  IMAGE,
  indexManifest,
  MANIFEST,
  publish,
  register,
  sign,
} from '../custody/custody-under-test.ts';
import { LedgerUnderTest } from '../custody/ledger-under-test.ts';

export { QUESTION } from '../custody/custody-under-test.ts';

const ORIGIN = 'waybill-shop-7f3a9c';
const INDEX = indexManifest([MANIFEST]);

/** A stage of the scenario: its name, what it reports, and whether the pipeline signed it itself. */
const STAGES = [
  ['source-review', 'scai', true],
  ['lint', 'sarif', false],
  ['unit-test', 'junit', true],
  ['dependency-licences', 'custom', false],
  ['sbom', 'cyclonedx', true],
  ['sbom-spdx', 'spdx-v2.3', false],
  ['secret-scan', 'sarif', true],
  ['static-analysis', 'sarif', true],
  ['vulnerability-scan', 'vulns', true],
  ['base-image', 'reference', false],
  ['integration-test', 'junit', true],
  ['contract-test', 'junit', true],
  ['load-test', 'test-result', false],
  ['dynamic-scan', 'sarif', false],
  ['exploitability', 'openvex', true],
  ['accessibility', 'test-result', false],
  ['release-notes', 'release', true],
] as const;

const CONTRACT: Contract = {
  contract: 'shop-release',
  title: 'What a release of the shop brings',
  repositories: ['shop/*'],
  stages: [
    { stage: 'build', predicateTypes: [predicateTypeUri('slsa-provenance')], assurance: 'pipeline' },
    { stage: 'sbom', predicateTypes: [predicateTypeUri('cyclonedx'), predicateTypeUri('spdx-v2.3')], after: ['build'] },
    { stage: 'unit-test', predicateTypes: [predicateTypeUri('junit')], assurance: 'pipeline' },
    { stage: 'vulnerability-scan', predicateTypes: [predicateTypeUri('vulns')], after: ['sbom'], count: 'latest' },
  ],
};

export type ScenarioOptions = {
  /** What all keys follow from; another secret is another world under the same names. */
  readonly secret?: string;
  /** Stages that nobody attested. */
  readonly without?: readonly string[];
  readonly contract?: Contract | 'none';
  /** A stage whose signature a lying server recorded although the named key did not make it. */
  readonly falselySigned?: string;
  /** Another contract that two versions of were published, and that was withdrawn before the image was signed. */
  readonly withdrawn?: Contract;
};

/** A ledger of 27 entries, 20 of them of one image: index and image signed, provenance of the index, 17 stages. */
export function imageScenario(options: ScenarioOptions = {}): LedgerUnderTest {
  const { secret, without = [], contract = CONTRACT, falselySigned, withdrawn } = options;
  const ledger = new LedgerUnderTest(ORIGIN, secret);
  openTrust(ledger);
  if (contract !== 'none') publish(ledger, contract, { entry: { time: '2026-11-09T10:15:00.000Z' } });
  if (withdrawn !== undefined) publishAndWithdraw(ledger, withdrawn);
  const clock = makeClock('2026-11-22T21:48:11.340Z');
  sign(ledger, INDEX, { entry: { time: clock() } });
  sign(ledger, MANIFEST, { entry: { time: clock() } });
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: digestOf(INDEX), entry: { time: clock() } });
  for (const [stage, type, own] of STAGES) {
    if (without.includes(stage)) continue;
    const signer = own ? 'pipeline' : 'service';
    const lie = falselySigned === stage ? { signer: ledger.key(signer).signer } : {};
    const key = falselySigned === stage ? 'stranger' : signer;
    attest(ledger, { stage, type, digest: IMAGE, key, entry: { time: clock(), ...lie } });
  }
  return ledger;
}

function openTrust(ledger: LedgerUnderTest): void {
  ledger.append({
    kind: 'log.opened',
    principal: 'service',
    time: '2026-11-02T08:00:00.000Z',
    body: { mapRule: 'waybill/map/v1', logKeys: [ledger.vkey], controlKeys: [], controlThreshold: 0 },
  });
  grant(ledger, 'bootstrap-admin', 'admin', { by: 'service' });
  registerTitled(ledger, 'service', 'Waybill service', { use: 'service', by: 'service' });
  registerTitled(ledger, 'image', 'Waybill images', { use: 'image', by: 'service' });
  grant(ledger, 'shop-ci', 'pipeline', { repositories: ['shop/*'] });
  registerTitled(ledger, 'pipeline', 'Shop pipeline', {});
}

function publishAndWithdraw(ledger: LedgerUnderTest, contract: Contract): void {
  const { contract: name, repositories } = contract;
  publish(ledger, contract, { entry: { time: '2026-11-10T09:00:00.000Z' } });
  publish(ledger, contract, { version: 2, previous: repositories, entry: { time: '2026-11-11T09:00:00.000Z' } });
  const body = { contract: name, version: 2, repositories };
  const time = '2026-11-12T09:00:00.000Z';
  ledger.append({ kind: 'contract.withdrawn', principal: 'bootstrap-admin', body, time });
}

/** Registers a key with a title for people. */
function registerTitled(
  ledger: LedgerUnderTest,
  name: string,
  title: string,
  options: { readonly use?: string; readonly by?: string },
): void {
  const key = ledger.key(name).publicKey;
  const bytes = formatSignerDocument({ key, repositories: ['*'], stages: ['*'], title });
  register(ledger, name, { ...options, entry: { document: { mediaType: SIGNER_MEDIA_TYPE, bytes } } });
}

/** Each call a while later than the last, by steps that only look irregular. */
function makeClock(start: string): () => string {
  let [now, step] = [Date.parse(start), 0];
  return () => {
    step += 1;
    now += 11_000 + ((step * step * 47_300) % 590_000);
    return new Date(now).toISOString();
  };
}
