import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, CONTRACT, grant, openedLedger, publish, sign } from './custody-under-test.ts';
import type { Draft, LedgerUnderTest } from './ledger-under-test.ts';

/** The list of what is changed, by the kind of the change. */
function listOf({ kind, body }: Draft): string {
  const { contract, signer, principal } = body as Readonly<Record<string, string>>;
  if (kind.startsWith('contract.')) return `contract:${contract}`;
  if (kind.startsWith('signer.')) return `signer:${signer}`;
  return kind.startsWith('settings.') ? 'trust' : `principal:${principal}`;
}

/** The proposal of a change, by the words of docs/spec/dual-control.md. */
export function proposalOf(draft: Draft, by = 'anna'): Draft {
  const { kind, body, document } = draft;
  const whole = document && {
    mediaType: document.mediaType,
    document: Buffer.from(document.bytes).toString('base64'),
  };
  const change = { kind, body: body as Json, ...whole };
  return {
    kind: 'change.proposed',
    principal: by,
    body: { kind, key: listOf(draft) },
    document: {
      mediaType: 'application/vnd.waybill.change+json',
      bytes: encodeUtf8(formatCanonicalJson(change as unknown as Json)),
    },
  };
}

type Proposing = {
  readonly by?: string;
  /** What is proposed, where that is not what is made. */
  readonly change?: (draft: Draft) => Draft;
  /** What happens between proposal and change. */
  readonly between?: () => void;
};

/** Whatever `make` appends is proposed right before it, by anna unless told. */
export function proposed<T>(ledger: LedgerUnderTest, make: () => T, options: Proposing = {}): T {
  const { by, change = (draft: Draft) => draft, between } = options;
  const append = appendOf(ledger);
  ledger.append = (draft) => {
    append(proposalOf(change(draft), by));
    ledger.append = append;
    between?.();
    return append(draft);
  };
  try {
    return make();
  } finally {
    ledger.append = append;
  }
}

function appendOf(ledger: LedgerUnderTest): LedgerUnderTest['append'] {
  return ledger.append.bind(ledger);
}

/** Sets dual control on or off, by ben. */
export function setDual(ledger: LedgerUnderTest, dualControl = true, by = 'ben'): number {
  return ledger.append({ kind: 'settings.changed', principal: by, body: { dualControl } });
}

/** A log whose administrators are anna (also as anna-2), ben and dora, and carl, whom no grant names. */
export function peopledLedger(): LedgerUnderTest {
  const ledger = openedLedger();
  for (const name of ['anna', 'ben', 'dora']) grant(ledger, name, 'admin', { person: name });
  grant(ledger, 'anna-2', 'admin', { person: 'anna' });
  grant(ledger, 'carl', 'admin');
  return ledger;
}

/** The same, with dual control on. */
export function dualLedger(): LedgerUnderTest {
  const ledger = peopledLedger();
  proposed(ledger, () => setDual(ledger));
  return ledger;
}

/** Signs the image and attests what the contract of the scenario asks for. */
export function deliver(ledger: LedgerUnderTest): void {
  sign(ledger);
  for (const stage of ['test', 'scan']) attest(ledger, { stage });
}

/** Dual control is on, two people published the contract of the scenario, and the image meets it. */
export function dualCustody(): LedgerUnderTest {
  const ledger = dualLedger();
  proposed(ledger, () => publish(ledger, CONTRACT, { by: 'ben' }));
  deliver(ledger);
  return ledger;
}
