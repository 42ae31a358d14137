import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, grant, register } from '../custody/custody-under-test.ts';
import { dualCustody, peopledLedger, proposalOf, proposed, setDual } from '../custody/dual-control-under-test.ts';
import { type Draft, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { compareVerifiers } from './compare-verifiers.ts';
import { assertAgree, caseOf, dismiss, loosen, token } from './dual-control-cases.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
test('two implementations read and refuse the same bodies (entry/body-malformed, entry/keys-wrong)', {
  skip,
}, async () => {
  const drafts: readonly Pick<Draft, 'kind' | 'body' | 'keys'>[] = [
    { kind: 'settings.changed', body: { dualControl: 1 }, keys: ['trust'] },
    { kind: 'settings.changed', body: {}, keys: ['trust'] },
    { kind: 'settings.changed', body: { dualControl: true }, keys: ['principal:anna'] },
    { kind: 'change.proposed', body: { kind: 'image.signed', key: 'trust' }, keys: ['trust'] },
    { kind: 'change.proposed', body: { kind: 'settings.changed', key: 'trust' }, keys: ['trust'] },
    { kind: 'change.proposed', body: { kind: 'token.issued', key: 'trust' }, keys: ['trust'] },
    { kind: 'change.proposed', body: { kind: 'contract.published', key: 'contract:' }, keys: ['trust'] },
    { kind: 'change.proposed', body: { kind: 'contract.published', key: 'image:shop' }, keys: ['trust'] },
    { kind: 'change.proposed', body: { kind: 'contract.published', key: 'contract:shop' }, keys: ['trust'] },
    { kind: 'token.issued', body: { principal: 'shop-ci', lifetimeSeconds: 59 }, keys: ['trust'] },
    { kind: 'token.issued', body: { principal: 'shop-ci', lifetimeSeconds: 31_622_401 }, keys: ['trust'] },
    { kind: 'token.issued', body: { principal: 'shop-ci', lifetimeSeconds: 60 }, keys: ['trust'] },
    { kind: 'token.issued', body: { principal: 'shop-ci', lifetimeSeconds: 60 }, keys: ['principal:shop-ci'] },
  ];
  const cases = drafts.flatMap((draft, index) =>
    [undefined, { mediaType: 'text/plain', bytes: encodeUtf8('x') }].map((document) => {
      const ledger = dualCustody();
      ledger.append({ principal: 'anna', ...draft, ...(document === undefined ? {} : { document }) });
      return caseOf(`body ${index} ${document?.mediaType ?? ''}`, ledger);
    }),
  );
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert.equal(verdicts.get('refused'), cases.filter(({ bytes }) => !parseEvidence(bytes).ok).length);
  assert((verdicts.get('refused') ?? 0) > 15, [...verdicts].join());
});

test('two implementations agree on what random administrators propose and change', { skip }, async () => {
  const random = seededRandom(29);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const someone = () => pick(['anna', 'ben', 'dora', 'anna-2', 'carl', 'eve', 'service', 'bootstrap-admin']);
  const cases = Array.from({ length: 80 }, (_, index) => {
    const ledger = random() < 0.8 ? dualCustody() : peopledLedger();
    const granted = () => {
      const person = pick(['ben', 'eve', undefined]);
      const role = pick(['admin', 'admin', 'release-manager', 'pipeline'] as const);
      grant(ledger, pick(['anna', 'eve', 'carl', 'shop-ci']), role, {
        by: someone(),
        ...(person === undefined ? {} : { person }),
      });
    };
    const changes: readonly (() => unknown)[] = [
      () => loosen(ledger, someone(), pick([2, 2, 3])),
      granted,
      granted,
      () => setDual(ledger, random() < 0.4, someone()),
      () => dismiss(ledger, pick(['anna', 'ben', 'eve', 'shop-ci']), someone()),
      () => register(ledger, 'own', { by: someone() }),
      () => rotate(ledger, 'pipeline', 'own', { by: someone() }),
      () => token(ledger, someone()),
      () => attest(ledger, { stage: 'scan', key: 'own', note: String(ledger.size) }),
    ];
    for (let step = 0; step < 8; step += 1) {
      const make = pick(changes);
      if (random() < 0.75) proposed(ledger, make, { by: someone() });
      else make();
    }
    const options = random() < 0.2 ? { withoutPayloads: [7 + Math.floor(random() * (ledger.size - 7))] } : {};
    return caseOf(`random ${index}`, ledger, options);
  });
  await assertAgree(cases, ['fail']);
});

test('two implementations pass over a proposal before the first grant, and take documents of every length', {
  skip,
}, async () => {
  const early = new LedgerUnderTest();
  const body = { mapRule: 'waybill/map/v1', logKeys: [early.vkey], controlKeys: [], controlThreshold: 0 };
  early.append({ kind: 'log.opened', principal: 'service', body });
  for (const use of ['image', 'service', 'verdict']) register(early, use, { use, by: 'service' });
  early.append(proposalOf({ kind: 'principal.revoked', principal: 'x', body: { principal: 'bootstrap-admin' } }));
  grant(early, 'bootstrap-admin', 'admin', { by: 'service' });
  grant(early, 'shop-ci', 'pipeline');
  register(early, 'pipeline');
  attest(early);
  const rotations = [262_144, 262_145].map((length) => {
    const ledger = dualCustody();
    const bytes = encodeUtf8('x'.repeat(length));
    proposed(ledger, () => rotate(ledger, 'pipeline', 'next', { by: 'ben', bytes }));
    attest(ledger, { key: 'next' });
    return caseOf(`${length} bytes`, ledger);
  });
  await assertAgree([caseOf('early', early), ...rotations], ['fail']);
});
