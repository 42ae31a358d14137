import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlSetFields } from '../../src/core/control/control-keys.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { type AuditState, formatAuditState, parseAuditState } from '../../src/postgres/audit-state.ts';
import { openService } from '../../src/service/open-service.ts';
import { CONTROL, controlSet } from '../custody/control-under-test.ts';
import { audit } from '../harness/grown-ledger.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { agreeTo, agreeToContract } from '../service/agreement.ts';

const contract = (title: string) => ({ contract: 'shop', title, repositories: ['shop/*'], stages: [] });

/** A service that asks nobody, as whoever holds the log's keys could run one. */
const asking = (under: ServiceUnderTest) => {
  const { control: _forgotten, ...context } = under.context;
  return openService(context);
};

const found = async (under: ServiceUnderTest, from?: AuditState) => {
  const { findings } = await audit(under.database.serviceUrl, {
    origin: under.context.store.origin,
    ...(from === undefined ? {} : { from }),
  });
  return findings.map(({ code, seq }) => [code, seq]);
};

const stateOf = async (under: ServiceUnderTest): Promise<AuditState> => {
  const { origin } = under.context.store;
  let kept: Uint8Array | undefined;
  const onPage = async (state: () => Promise<AuditState>) => {
    kept = concatBytes(...formatAuditState(await state()));
  };
  await audit(under.database.serviceUrl, { origin, onPage });
  const state = parseAuditState(kept ?? assert.fail(), origin);
  assert(state.ok);
  return state.value;
};

test('an audit finds every change that lacks the agreement of the set in force, also when it goes on (control/missing)', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const { admin, context } = under;
  const { store } = context;
  const service = openService(context);
  assert((await service.publishContract(admin, contract('1'), await agreeToContract(store, contract('1')))).ok);
  const next = controlSetFields(controlSet(['dan'], 1));
  const control = await agreeTo(store, { kind: 'control-keys.changed', key: 'trust', body: { ...next } });
  assert((await service.changeControlKeys(admin, { ...next, control })).ok);
  assert.deepEqual(await found(under), []);
  const state = await stateOf(under);
  assert.deepEqual(state.agreements.control, { ...next, trusted: ['bootstrap-admin'] });
  const agreed = await service.publishContract(
    admin,
    contract('2'),
    await agreeToContract(store, contract('2'), ['dan']),
  );
  assert(agreed.ok, JSON.stringify(agreed));
  const alone = await asking(under).publishContract(admin, contract('3'));
  const scope = { repositories: ['*'], stages: ['*'] };
  const granted = await asking(under).grantPrincipal(admin, { principal: 'eve', role: 'release-manager', ...scope });
  const free = await service.grantPrincipal(admin, { principal: 'ci', role: 'pipeline', ...scope });
  assert(alone.ok && granted.ok && free.ok);
  const expected = [alone, granted].map(({ value }) => ['control/missing', value.seq]);
  assert.deepEqual(await found(under), expected);
  assert.deepEqual(await found(under, state), expected);
});

test('an audit of a log without control keys asks for no agreement', async () => {
  await using under = await openServiceUnderTest();
  assert((await openService(under.context).publishContract(under.admin, contract('1'))).ok);
  assert.deepEqual(await found(under), []);
});
