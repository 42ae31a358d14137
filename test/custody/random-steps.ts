import fc from 'fast-check';
import { coverageKey, imageKey, principalKey, signerKey } from '../../src/core/entry/keys.ts';
import {
  attest,
  CONTRACT,
  grant,
  IMAGE,
  indexManifest,
  MANIFEST,
  publish,
  register,
  revoke,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { rotate } from './rotation-under-test.ts';

const NAMES = ['shop-ci', 'bootstrap-admin', 'service', 'anna'] as const;
const KEYS = ['pipeline', 'service', 'image', 'stranger'] as const;
const name = fc.constantFrom(...NAMES);
const key = fc.constantFrom(...KEYS);
const stage = fc.constantFrom('test', 'scan', 'lint');

type Step = (ledger: LedgerUnderTest) => unknown;

/** What this version writes, by somebody who may or may not. */
const writes: readonly fc.Arbitrary<Step>[] = [
  fc.tuple(stage, key, name).map(
    ([at, by, who]) =>
      (ledger: LedgerUnderTest) =>
        attest(ledger, { stage: at, key: by, by: who }),
  ),
  fc.tuple(key, name).map(
    ([by, who]) =>
      (ledger: LedgerUnderTest) =>
        sign(ledger, MANIFEST, { key: by, by: who }),
  ),
  name.map((by) => (ledger: LedgerUnderTest) => sign(ledger, indexManifest([MANIFEST]), { by })),
  fc.tuple(name, name, fc.constantFrom('admin', 'pipeline', 'auditor')).map(
    ([who, by, role]) =>
      (ledger: LedgerUnderTest) =>
        grant(ledger, who, role as 'admin', { by }),
  ),
  fc.tuple(name, name).map(
    ([principal, by]) =>
      (ledger: LedgerUnderTest) =>
        ledger.append({ kind: 'principal.revoked', principal: by, body: { principal } }),
  ),
  fc.tuple(key, name, fc.constantFrom('attest', 'image', 'service')).map(
    ([which, by, use]) =>
      (ledger: LedgerUnderTest) =>
        register(ledger, which, { by, use }),
  ),
  fc.tuple(key, key, name).map(
    ([old, next, by]) =>
      (ledger: LedgerUnderTest) =>
        old === next ? undefined : rotate(ledger, old, next, { by }),
  ),
  fc.tuple(key, name).map(
    ([which, by]) =>
      (ledger: LedgerUnderTest) =>
        revoke(ledger, which, ledger.time, by),
  ),
  fc.tuple(fc.integer({ min: 1, max: 3 }), name).map(
    ([version, by]) =>
      (ledger: LedgerUnderTest) =>
        publish(ledger, CONTRACT, { version, by, previous: version > 1 ? ['shop/*'] : [] }),
  ),
];

/** An entry of one of these kinds, wherever it is filed. */
function ofKind(...kinds: readonly [string, ...string[]]): fc.Arbitrary<Step> {
  return fc
    .tuple(
      fc.constantFrom(...kinds),
      fc.constantFrom(imageKey(IMAGE), coverageKey('*'), principalKey('shop-ci'), signerKey('0'.repeat(64)), 'trust'),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .map(
      ([kind, filed, body]) =>
        (ledger: LedgerUnderTest) =>
          ledger.append({ kind, principal: 'x', repository: 'shop/api', body: asciiOnly(body), keys: [filed] }),
    );
}

/** One step of somebody who may or may not: what it writes is well-formed, whether or not it is right. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  ...writes,
  ofKind('future.kind', 'payload.erased', 'waiver.approved', 'log.sealed'),
);

/** The same of a log that goes on: after a seal nothing may be written. */
export const stepOfOpenLog: fc.Arbitrary<Step> = fc.oneof(...writes, ofKind('future.kind', 'payload.erased'));

/** Entries hold printable ASCII without `<`, and integers. */
function asciiOnly(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/[^ -;=-~]|\\u[0-9a-f]{4}|\\./g, '_')
      .replaceAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, '1'),
  );
}
