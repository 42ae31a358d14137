import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { principalKey, waiverKey } from '../../src/core/entry/keys.ts';
import { formatGrantDocument } from '../../src/core/trust/grant-document.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import { CONTROL } from '../custody/control-under-test.ts';
import { imageManifest } from '../custody/custody-under-test.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { agreeTo, agreeToContract } from './agreement.ts';

const IMAGE = imageManifest();
const digest = `sha256:${createHash('sha256').update(IMAGE).digest('hex')}`;
const repository = 'shop/api';
const CONTRACT = { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'scan' }] };
const SCOPE = { repositories: ['*'], stages: ['*'] };

test('an approval of a waiver takes the agreement of control keys, and nobody breaks the glass alone', async () => {
  await using under = await openServiceUnderTest({ control: CONTROL });
  const service = openService(under.context);
  const { store } = under.context;
  const grant = async (principal: string, role: 'pipeline' | 'release-manager'): Promise<Caller> => {
    const granted = { role, ...SCOPE, person: principal };
    const body = { principal, role };
    const document = formatGrantDocument(granted);
    const key = principalKey(principal);
    const control = await agreeTo(store, { kind: 'principal.granted', key, body, document });
    const made = await service.grantPrincipal(under.admin, { principal, ...granted, control });
    assert(made.ok, JSON.stringify(made));
    return { principal, role, ...SCOPE, person: principal, grants: 1 };
  };
  const [ci, anna, ben] = [
    await grant('ci', 'pipeline'),
    await grant('anna', 'release-manager'),
    await grant('ben', 'release-manager'),
  ];
  const published = await service.publishContract(under.admin, CONTRACT, await agreeToContract(store, CONTRACT));
  assert(published.ok, JSON.stringify(published));
  assert((await service.signImage(ci, { manifest: IMAGE, repository })).ok);
  const asked = {
    ...{ digest, repository, contract: 'shop', check: 'contract/stage', stage: 'scan', reason: 'no fix yet' },
    expires: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const broken = await service.requestWaiver(anna, { ...asked, breakGlass: true });
  assert(!broken.ok && broken.fault.code === 'waiver/no-break-glass');
  const requested = await service.requestWaiver(anna, { ...asked, breakGlass: false });
  assert(requested.ok, JSON.stringify(requested));
  const { waiver } = requested.value;
  const bare = await service.approveWaiver(ben, waiver);
  assert(!bare.ok && bare.fault.code === 'control/missing');
  const key = waiverKey(waiver);
  const change = { kind: 'waiver.approved', key, body: { waiver, digest }, repository };
  const control = await agreeTo(store, change);
  // Control keys do not stand in for the second person.
  const same = await service.approveWaiver(anna, waiver, { control });
  assert(!same.ok && same.fault.code === 'waiver/same-person');
  assert((await service.approveWaiver(ben, waiver, { control })).ok);
  const again = await service.approveWaiver(ben, waiver);
  assert(again.ok && again.value.duplicate);
  const judged = await service.verifyCustody(anna, { digest, repository });
  assert(judged.ok && judged.value.verdict === 'waived', JSON.stringify(judged));
  assert.equal(judged.value.assurances.controlSigned, true);
});
