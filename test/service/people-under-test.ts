import assert from 'node:assert/strict';
import { CONTRACT_MEDIA_TYPE, type Contract, formatContract } from '../../src/core/contract/contract.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { ChangeRequest } from '../../src/service/propose-change.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

export const SCOPE = { repositories: ['*'], stages: ['*'] };
/** A contract that says no more than its title. */
export const contract = (title: string): Contract => ({
  contract: 'shop',
  title,
  repositories: ['shop/*'],
  stages: [],
});

/** A service whose administrators are anna (also as anna-2) and ben, and carl, whom no grant names. */
export async function openPeople() {
  const under = await openServiceUnderTest();
  const service = openService(under.context);
  const person = async (principal: string, who?: string): Promise<Caller> => {
    const named = who === undefined ? {} : { person: who };
    const granted = await service.grantPrincipal(under.admin, { principal, role: 'admin', ...SCOPE, ...named });
    assert(granted.ok, JSON.stringify(granted));
    return { principal, role: 'admin', ...SCOPE, ...named, grants: 1 };
  };
  const people = {
    anna: await person('anna', 'anna'),
    anna2: await person('anna-2', 'anna'),
    ben: await person('ben', 'ben'),
    carl: await person('carl'),
  };
  const refused = async (answer: Promise<{ readonly ok: boolean }>, code: string) => {
    const found = (await answer) as { readonly ok: boolean; readonly fault?: { readonly code: string } };
    assert.deepEqual([found.ok, found.fault?.code], [false, code], JSON.stringify(found));
  };
  const propose = (by: Caller, change: ChangeRequest) => service.proposeChange(by, change);
  const turnOn = async () => {
    assert((await propose(people.anna, { kind: 'settings.changed', body: { dualControl: true } })).ok);
    const changed = await service.changeSettings(people.ben, { dualControl: true });
    assert(changed.ok, JSON.stringify(changed));
    return changed.value;
  };
  return {
    under,
    service,
    ...people,
    refused,
    propose,
    turnOn,
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  };
}

/** What is proposed for such a contract. */
export const publication = (title: string, version = 1): ChangeRequest => ({
  kind: 'contract.published',
  body: {
    contract: 'shop',
    version,
    repositories: ['shop/*'],
    previousRepositories: version === 1 ? [] : ['shop/*'],
  } as unknown as Json,
  mediaType: CONTRACT_MEDIA_TYPE,
  document: formatContract(contract(title)),
});
