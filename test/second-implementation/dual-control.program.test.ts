import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { controlledLedger, controlTrust } from '../custody/control-under-test.ts';
import { attest, CONTRACT, grant, publish, register, revoke, sign } from '../custody/custody-under-test.ts';
import {
  deliver,
  dualCustody,
  dualLedger,
  peopledLedger,
  proposalOf,
  proposed,
  setDual,
} from '../custody/dual-control-under-test.ts';
import type { Draft, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { assertAgree, caseOf, casesOf, dismiss, LOOSER, loosen, token, withdraw } from './dual-control-cases.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
type Change = (ledger: LedgerUnderTest) => unknown;
type Proposing = Parameters<typeof proposed>[2];

/** Dual control is on, and after a published state something is done. */
function after(...changes: readonly Change[]): LedgerUnderTest {
  const ledger = dualCustody();
  assert(ledger.size > 0);
  for (const change of changes) change(ledger);
  return ledger;
}

const two =
  (change: Change, options?: Proposing): Change =>
  (ledger) =>
    proposed(ledger, () => change(ledger), options);

test('two implementations ask for the same two people, and find the same changes without effect', {
  skip,
}, async () => {
  const other = { mediaType: 'application/vnd.waybill.contract+json', bytes: encodeUtf8('{}') };
  const odd =
    (change: Partial<Draft>): Change =>
    (ledger) => {
      const append = ledger.append.bind(ledger);
      proposed(ledger, () => loosen(ledger), {
        between: () =>
          append({
            ...proposalOf({ kind: 'contract.withdrawn', principal: 'x', body: { contract: 'shop' } }),
            ...change,
          }),
      });
    };
  const ledgers: Readonly<Record<string, LedgerUnderTest>> = {
    honest: after(two(loosen)),
    withdrawn: after(two(withdraw)),
    alone: after(loosen),
    'withdrawn alone': after(withdraw),
    'the same person': after(two((ledger) => loosen(ledger, 'anna'))),
    'the same person twice': after(two((ledger) => loosen(ledger, 'anna-2'))),
    'nobody known': after(two((ledger) => loosen(ledger, 'carl'))),
    'proposed by nobody known': after(two(loosen, { by: 'carl' })),
    'proposed by nobody': after(two(loosen, { by: 'nobody' })),
    'proposed by the service': after(two(loosen, { by: 'service' })),
    'proposed by a pipeline': after(two(loosen, { by: 'shop-ci' })),
    'made by a pipeline': after(two((ledger) => loosen(ledger, 'shop-ci'))),
    'proposer has left': after(two(loosen, { between: () => undefined }), (ledger) =>
      proposed(ledger, () => loosen(ledger, 'ben', 3), {
        between: () => proposed(ledger, () => dismiss(ledger, 'anna', 'dora'), { by: 'ben' }),
      }),
    ),
    'proposer became the other': after((ledger) =>
      proposed(ledger, () => loosen(ledger), {
        between: () =>
          proposed(ledger, () => grant(ledger, 'anna', 'admin', { person: 'ben', by: 'dora' }), { by: 'ben' }),
      }),
    ),
    'proposer is nobody any more': after((ledger) =>
      proposed(ledger, () => loosen(ledger), {
        between: () => proposed(ledger, () => grant(ledger, 'anna', 'admin', { by: 'dora' }), { by: 'ben' }),
      }),
    ),
    'used twice': after(two(loosen), (ledger) => loosen(ledger, 'dora', 3)),
    'another document': after(two(loosen, { change: (draft) => ({ ...draft, document: other }) })),
    'another body': after(
      two(loosen, { change: (draft) => ({ ...draft, body: { ...(draft.body as object), version: 3 } }) }),
    ),
    'another proposal in between': after(odd({})),
    'a proposal of another type': after(odd({ document: { ...other, bytes: encodeUtf8('x') } })),
    'turned off by two': after(
      two((ledger) => setDual(ledger, false)),
      loosen,
    ),
    'turned off by one': after((ledger) => setDual(ledger, false), loosen),
    'turned off by the service': after((ledger) => setDual(ledger, false, 'service'), loosen),
    'turned off by service and one': after(
      two((ledger) => setDual(ledger, false, 'service')),
      loosen,
    ),
    'proposed off, and on': after(
      two((ledger) => setDual(ledger, false), { change: (draft) => ({ ...draft, body: { dualControl: true } }) }),
    ),
    'an administrator alone': after(
      (ledger) => grant(ledger, 'eve', 'admin', { person: 'eve', by: 'ben' }),
      two(loosen, { by: 'eve' }),
    ),
    'an administrator by two': after(
      two((ledger) => grant(ledger, 'eve', 'admin', { person: 'eve', by: 'ben' })),
      two(loosen, { by: 'eve' }),
    ),
    'a person alone': after((ledger) => grant(ledger, 'eve', 'pipeline', { person: 'eve', by: 'ben' })),
    'a pipeline alone': after(
      (ledger) => grant(ledger, 'other-ci', 'pipeline', { by: 'ben' }),
      (ledger) => sign(ledger, undefined, { by: 'other-ci' }),
    ),
    'trust taken alone': after(
      (ledger) => grant(ledger, 'anna', 'pipeline', { by: 'ben' }),
      (ledger) => dismiss(ledger, 'dora'),
    ),
    'trust taken by two': after(
      two((ledger) => dismiss(ledger, 'anna', 'dora'), { by: 'ben' }),
      two(loosen),
    ),
    'a pipeline dismissed alone': after(
      (ledger) => dismiss(ledger, 'shop-ci'),
      (ledger) => sign(ledger),
    ),
    'a signer alone': after(
      (ledger) => register(ledger, 'own', { by: 'ben' }),
      (ledger) => attest(ledger, { key: 'own' }),
    ),
    'a signer by two': after(
      two((ledger) => register(ledger, 'own', { by: 'ben' })),
      (ledger) => attest(ledger, { key: 'own' }),
    ),
    'revoked alone': after((ledger) => revoke(ledger, 'pipeline', '2026-03-01T12:00:00.000Z', 'ben')),
    'revoked by two': after(two((ledger) => revoke(ledger, 'pipeline', '2026-03-01T12:00:00.000Z', 'ben'))),
    'rotated alone': after(
      (ledger) => rotate(ledger, 'pipeline', 'next', { by: 'ben' }),
      (ledger) => attest(ledger, { key: 'next' }),
    ),
    'rotated by two': after(
      two((ledger) => rotate(ledger, 'pipeline', 'next', { by: 'ben' })),
      (ledger) => attest(ledger, { key: 'next' }),
    ),
    'a token alone': after(token),
    'tokens by two': after(two(token), two(token), (ledger) => attest(ledger, { note: 'again' })),
  };
  const cases = Object.entries(ledgers).flatMap(([name, ledger]) => casesOf(name, ledger));
  await assertAgree(cases, ['pass', 'fail']);
});

test('two implementations pass over the same proposals where dual control is off', { skip }, async () => {
  const off = peopledLedger();
  proposed(off, () => publish(off, CONTRACT, { by: 'anna' }), { by: 'anna' });
  proposed(off, () => register(off, 'own', { by: 'anna' }), { by: 'anna' });
  off.append(proposalOf({ kind: 'principal.revoked', principal: 'x', body: { principal: 'shop-ci' } }));
  off.append(proposalOf({ kind: 'contract.withdrawn', principal: 'x', body: { contract: 'shop' } }));
  off.append(proposalOf({ kind: 'signer.revoked', principal: 'x', body: { signer: off.key('own').signer } }, 'nobody'));
  token(off, 'nobody');
  attest(off, { stage: 'lint', key: 'own' });
  deliver(off);
  const alone = peopledLedger();
  setDual(alone);
  publish(alone, CONTRACT, { by: 'ben' });
  deliver(alone);
  const again = dualCustody();
  proposed(again, () => setDual(again, false));
  proposed(again, () => setDual(again, true, 'anna'), { by: 'ben' });
  loosen(again);
  await assertAgree([...casesOf('off', off), ...casesOf('alone', alone), ...casesOf('again', again)], ['pass', 'fail']);
});

test('two implementations see the same where proposals, documents or entries are not shown', { skip }, async () => {
  const ledger = dualLedger();
  grant(ledger, 'other-ci', 'pipeline', { by: 'ben' });
  proposed(ledger, () => grant(ledger, 'rita', 'release-manager', { by: 'ben', person: 'rita' }));
  proposed(ledger, () => publish(ledger, CONTRACT, { by: 'ben' }));
  proposed(ledger, () => rotate(ledger, 'pipeline', 'next', { by: 'ben' }));
  token(ledger, 'dora');
  sign(ledger, undefined, { by: 'other-ci' });
  attest(ledger, { stage: 'test', key: 'next', by: 'rita' });
  attest(ledger, { stage: 'scan', key: 'next' });
  dismiss(ledger, 'other-ci');
  const cases = Array.from({ length: ledger.size }, (_, seq) => seq).flatMap((seq) => [
    caseOf(`without ${seq}`, ledger, { without: [seq] }),
    caseOf(`without the payload of ${seq}`, ledger, { withoutPayloads: [seq] }),
  ]);
  await assertAgree([caseOf('whole', ledger), ...cases], ['fail']);
  // Granted before dual control was on, and nobody can see now whether that was trust.
  const before = peopledLedger();
  const unseen = grant(before, 'ci-2', 'pipeline');
  proposed(before, () => setDual(before));
  proposed(before, () => publish(before, CONTRACT, { by: 'ben' }));
  deliver(before);
  sign(before, undefined, { by: 'ci-2' });
  grant(before, 'ci-2', 'pipeline', { by: 'ben' });
  const hidden = caseOf('hidden', before, { withoutPayloads: [unseen] });
  dismiss(before, 'ci-2');
  await assertAgree(
    [hidden, caseOf('dismissed', before), caseOf('both', before, { withoutPayloads: [unseen] })],
    ['fail'],
  );
});

test('two implementations ask for both, control keys and two people', { skip }, async () => {
  const agreed = (...without: readonly string[]) => {
    const ledger = controlledLedger();
    for (const name of ['anna', 'ben']) grant(ledger, name, 'admin', { person: name });
    const bare = (name: string, make: () => unknown) =>
      without.includes(name) ? ledger.with(() => undefined, make) : make();
    bare('setting', () => proposed(ledger, () => setDual(ledger)));
    bare('contract', () => proposed(ledger, () => publish(ledger, CONTRACT, { by: 'ben' })));
    bare('next', () => publish(ledger, LOOSER, { version: 2, previous: CONTRACT.repositories, by: 'ben' }));
    deliver(ledger);
    const trust = controlTrust(ledger);
    return [caseOf(`without ${without}`, ledger), caseOf(`without ${without}, known`, ledger, {}, trust)];
  };
  const cases = [agreed(), agreed('setting'), agreed('contract'), agreed('next'), agreed('setting', 'contract')];
  await assertAgree(cases.flat(), ['fail']);
});
