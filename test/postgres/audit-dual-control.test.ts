import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACT_MEDIA_TYPE, formatContract } from '../../src/core/contract/contract.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import type { Proposal } from '../../src/core/entry/entry.ts';
import { CHANGE_MEDIA_TYPE, formatChange } from '../../src/core/trust/change-document.ts';
import { type AuditState, formatAuditState, parseAuditState } from '../../src/postgres/audit-state.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { audit } from '../harness/grown-ledger.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';
import { contract, openPeople, publication, SCOPE } from '../service/people-under-test.ts';

const found = async (under: ServiceUnderTest, from?: AuditState) => {
  const { findings } = await audit(under.database.serviceUrl, {
    origin: under.context.store.origin,
    ...(from === undefined ? {} : { from }),
  });
  return findings.map(({ code, seq }) => [code, seq]);
};

/** The state of an audit as far as the ledger goes, written and read. */
const stateOf = async (under: ServiceUnderTest): Promise<AuditState> => {
  const { origin } = under.context.store;
  let kept: Uint8Array | undefined;
  const onPage = async (state: () => Promise<AuditState>) => {
    kept = concatBytes(...formatAuditState(await state()));
  };
  await audit(under.database.serviceUrl, { origin, onPage });
  const state = parseAuditState(kept ?? assert.fail(), origin);
  assert(state.ok, JSON.stringify(state));
  return state.value;
};

/** Appends what nobody asked a second person for, as whoever runs the service could. */
async function appendAlone(
  { sequencer, random }: ServiceContext,
  proposal: Omit<Proposal, 'payload'>,
  document?: { readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<number> {
  const sealed = document === undefined ? undefined : sealPayload(document.bytes, document.mediaType, random);
  const { appended } = await sequencer.sequence({
    identity: submissionIdentity('test', [random(16)]),
    proposal: { ...proposal, ...(sealed === undefined ? {} : { payload: sealed.reference }) },
    ...(sealed === undefined ? {} : { payload: sealed.stored }),
    restsOn: [],
  });
  assert(appended.outcome === 'appended');
  return appended.seq;
}

/** A contract, and the proposal of it, by whoever is named. */
const published = (principal: string, title: string, version: number) => {
  const { kind, body } = publication(title, version);
  return [
    { kind, principal, body },
    { mediaType: CONTRACT_MEDIA_TYPE, bytes: formatContract(contract(title)) },
  ] as const;
};
const proposed = (principal: string, title: string, version: number) => {
  const { kind, body, document = new Uint8Array() } = publication(title, version);
  const bytes = formatChange({ kind, body, payload: { mediaType: CONTRACT_MEDIA_TYPE, bytes: document } });
  return [
    { kind: 'change.proposed', principal, body: { kind, key: 'contract:shop' } },
    { mediaType: CHANGE_MEDIA_TYPE, bytes },
  ] as const;
};

test('an audit finds every change that lacks its second person, also when it goes on (dual-control/not-proposed)', async () => {
  await using shop = await openPeople();
  const { under, service, anna, ben, propose } = shop;
  const { context } = under;
  assert((await service.publishContract(anna, contract('alone, and allowed to'))).ok);
  await shop.turnOn();
  assert((await propose(anna, publication('2', 2))).ok);
  assert((await service.publishContract(ben, contract('2'))).ok);
  // A proposal is open where the first part of the audit ends.
  assert((await propose(anna, publication('3', 3))).ok);
  assert.deepEqual(await found(under), []);
  const state = await stateOf(under);
  assert.deepEqual(
    [state.agreements.dual.isOn, [...state.agreements.dual.proposals.keys()], state.agreements.dual.trusted.toSorted()],
    [true, ['contract:shop'], ['anna', 'anna-2', 'ben', 'bootstrap-admin', 'carl']],
  );

  const expected: (readonly [string, number])[] = [];
  const expect = (code: string, seq: number) => expected.push([code, seq]);
  // The proposal that was open, made by the one person under her other name, and by nobody else after that.
  expect('dual-control/same-person', await appendAlone(context, ...published('anna-2', '3', 3)));
  expect('dual-control/not-proposed', await appendAlone(context, ...published('ben', '3', 3)));
  await appendAlone(context, ...proposed('anna', '4', 3));
  expect('dual-control/other-change', await appendAlone(context, ...published('ben', '5', 3)));
  await appendAlone(context, ...proposed('anna', '6', 3));
  expect('dual-control/person-unknown', await appendAlone(context, ...published('carl', '6', 3)));
  await appendAlone(context, ...proposed('nobody', '7', 3));
  expect('principal/no-grant', await appendAlone(context, ...published('ben', '7', 3)));
  const settings = { kind: 'settings.changed', principal: 'ben', body: { dualControl: false } };
  expect('dual-control/not-proposed', await appendAlone(context, settings));
  // That had no effect, so that it takes two still; of what the service itself writes nothing does, settings apart.
  expect(
    'dual-control/not-proposed',
    await appendAlone(context, { kind: 'principal.revoked', principal: 'ben', body: { principal: 'anna' } }),
  );
  assert((await service.grantPrincipal(ben, { principal: 'ci', role: 'pipeline', ...SCOPE })).ok);
  expect('dual-control/not-proposed', await appendAlone(context, { ...settings, principal: 'service' }));
  assert.deepEqual(await found(under), expected);
  assert.deepEqual(await found(under, state), expected);
});

test('an audit of a log without dual control asks for no second person', async () => {
  await using shop = await openPeople();
  assert((await shop.service.publishContract(shop.anna, contract('1'))).ok);
  assert((await shop.propose(shop.anna, { kind: 'settings.changed', body: { dualControl: true } })).ok);
  assert.deepEqual(await found(shop.under), []);
});
