import assert from 'node:assert/strict';
import { formatCompleteness, parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { type TrustFile, trustLogKey } from '../../src/core/custody/trust-file.ts';
import { formatBase64 } from '../../src/core/encoding/base64.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Entry } from '../../src/core/entry/entry.ts';
import { attest, custodyLedger, QUESTION } from './custody-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';
import { trustOf } from './verify-under-test.ts';

export type RotateOptions = {
  /** Names of the keys that sign, in the order of the signatures; those before and those that are new unless told. */
  readonly signedBy?: readonly string[];
  /** Another text than the one that the page asks for. */
  readonly text?: (text: string) => string;
  readonly entry?: Partial<Draft>;
};

/**
 * Rotates the log's key: from those of these names to those of others. Text and order are written out here as the page has
 * them, and not taken from the program under test.
 */
export function rotateLogKey(
  ledger: LedgerUnderTest,
  from: readonly string[],
  to: readonly string[],
  { signedBy, text: change = (text) => text, entry }: RotateOptions = {},
): number {
  const signers = signedBy ?? [...from, ...to.filter((name) => !from.includes(name))];
  const vkeys = (names: readonly string[]) => names.map((name) => ledger.vkeyOf(name));
  const alter = (linked: Entry): Entry => {
    const place = linked.keys.find(({ key }) => key === 'trust');
    const lines = [
      'waybill log key rotation v1',
      linked.log,
      `${place?.n} ${place?.prev}`,
      ...vkeys(from).map((vkey) => `from ${vkey}`),
      ...vkeys(to).map((vkey) => `to ${vkey}`),
    ];
    const message = encodeUtf8(change(`${lines.join('\n')}\n`));
    const signatures = signers.map((name) => formatBase64(ledger.key(name).sign(message)));
    return { ...linked, body: { previousLogKeys: vkeys(from), logKeys: vkeys(to), signatures } };
  };
  const body = { previousLogKeys: vkeys(from), logKeys: vkeys(to), signatures: [] };
  return ledger.append({ kind: 'log-key.rotated', principal: 'service', body, alter, ...entry });
}

/** A ledger whose key was announced and then retired, with an attestation in each time. */
export function rotated() {
  const ledger = custodyLedger();
  const before = ledger.size;
  const announced = rotateLogKey(ledger, ['log'], ['log', 'next']);
  attest(ledger, { stage: 'lint' });
  const overlap = ledger.size;
  const retired = rotateLogKey(ledger, ['log', 'next'], ['next']);
  attest(ledger, { stage: 'late' });
  return { ledger, before, announced, overlap, retired, size: ledger.size };
}

/** A ledger whose key is announced by a rotation of these options, as a reader of the old key finds it. */
export function announced(
  options: RotateOptions,
  names: { readonly from?: readonly string[]; readonly to?: readonly string[] } = {},
) {
  const ledger = custodyLedger();
  rotateLogKey(ledger, names.from ?? ['log'], names.to ?? ['log', 'next'], options);
  return ledger;
}

/** What a reader brings who knows these keys, each with the sizes that it counts for. */
export function knows(
  ledger: LedgerUnderTest,
  keys: Readonly<Record<string, { readonly fromSize?: number; readonly toSize?: number }>>,
): TrustFile {
  const logKeys = Object.entries(keys).flatMap(([name, range]) => {
    const trust = trustLogKey(ledger.vkeyOf(name));
    assert(trust.ok);
    return trust.value.logKeys.map((key) => ({ ...key, ...range }));
  });
  return trustOf(ledger, { logKeys });
}

/** The list `trust` as a completeness proof, signed by this key. */
export function trustList(ledger: LedgerUnderTest, signedBy: string) {
  const { entries, lists, checkpoint } = ledger.evidence(QUESTION, { signedBy: [signedBy] });
  const list = entries.map(({ entry }) => entry).filter(({ keys }) => keys.some(({ key }) => key === 'trust'));
  const [proof, commit] = [lists.find(({ key }) => key === 'trust')?.proof, entries.at(-1)];
  assert(proof !== undefined && commit !== undefined);
  const parts = { key: 'trust', entries: list, proof, commit, checkpoint, logKey: ledger.vkeyOf(signedBy) };
  const read = parseCompleteness(encodeUtf8(formatCompleteness(parts)));
  assert(read.ok, JSON.stringify(read));
  return read.value;
}
