import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Contract } from '../../src/core/contract/contract.ts';
import { controlMessage, formatControl } from '../../src/core/control/control-envelope.ts';
import { type ControlSet, type ControlSetFields, controlSetFields } from '../../src/core/control/control-keys.ts';
import {
  type ControlStatement,
  controlStatement,
  formatControlStatement,
} from '../../src/core/control/control-statement.ts';
import { grantsTrust, takesControl } from '../../src/core/control/takes-control.ts';
import type { Entry } from '../../src/core/entry/entry.ts';
import { signingKey } from '../../src/keys/service-keys.ts';
import type { SigningKey } from '../../src/service/ports.ts';
import { attest, CONTRACT, grant, publish, register, sign } from './custody-under-test.ts';
import { type Draft, LedgerUnderTest } from './ledger-under-test.ts';
import { trustOf } from './verify-under-test.ts';

/** Control keys of every algorithm, made anew in each run. */
const MADE = new Map<string, SigningKey>();

/** The control key of that name; `p256` and `p384` in front name a curve. */
export function controlKey(name: string): SigningKey {
  const key = MADE.get(name) ?? signingKey(makeKey(name));
  MADE.set(name, key);
  return key;
}

function makeKey(name: string): KeyObject {
  const curve = /^p(256|384)/.exec(name)?.[1];
  if (curve === undefined) return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('ec', { namedCurve: `P-${curve}` }).privateKey;
}

export function controlSet(names: readonly string[], threshold: number): ControlSet {
  return { keys: names.map((name) => controlKey(name).publicKey), threshold };
}

/** A contract that asks for less, so that what decides shows. */
export const LOOSE: Contract = { ...CONTRACT, stages: [] };

/** The set of the scenario: two of three, each of another algorithm. */
export const CONTROL = controlSet(['ann', 'p256-ben', 'p384-cat'], 2);
export const AGREEING = ['ann', 'p384-cat'];

/** An envelope by these keys over a statement. */
export function signStatement(statement: ControlStatement, by: readonly string[]): string {
  const payload = formatControlStatement(statement);
  const signatures = by.map((name) => {
    const { publicKey, sign: signWith } = controlKey(name);
    return { key: publicKey, signature: signWith(controlMessage(payload)) };
  });
  return formatControl(payload, signatures);
}

/** The envelope that belongs to the entry, by these keys. */
export function signEntry(entry: Entry, document: Uint8Array | undefined, by: readonly string[] = AGREEING): string {
  return signStatement(controlStatement(entry, document), by);
}

/** What stands in `control`, given the entry and its document; undefined for nothing. */
export type Envelope = (entry: Entry, document: Uint8Array | undefined) => string | undefined;

/** A ledger whose changes of trust carry the agreement of control keys, unless told otherwise. */
export class ControlledLedger extends LedgerUnderTest {
  envelope: Envelope = (entry, document) => signEntry(entry, document);
  readonly #trusted = new Set<string>();

  override append(draft: Draft): number {
    const { document, alter, principal } = draft;
    const before = this.#isTrusted(draft);
    if (principal === 'service' || takesControl(draft, document?.bytes, before) === false) return super.append(draft);
    const { envelope } = this;
    return super.append({
      ...draft,
      alter: (entry) => {
        const changed = alter?.(entry) ?? entry;
        const control = envelope(changed, document?.bytes);
        return control === undefined ? changed : { ...changed, control };
      },
    });
  }

  /** Whether the principal of a grant or revocation holds a grant of trust; what becomes of it is noted. */
  #isTrusted({ kind, body, document }: Draft): boolean {
    if (!kind.startsWith('principal.')) return false;
    const { principal, role = '' } = body as { readonly principal: string; readonly role?: string };
    const before = this.#trusted.has(principal);
    if (grantsTrust({ role, document: document?.bytes }) === true) this.#trusted.add(principal);
    return before;
  }

  /** What `make` appends carries another envelope. */
  with<T>(envelope: Envelope, make: () => T): T {
    const before = this.envelope;
    this.envelope = envelope;
    try {
      return make();
    } finally {
      this.envelope = before;
    }
  }
}

/**
 * A log that was opened with control keys: entries 0 to 6 as `openedLedger` has them, the registration of the pipeline's
 * key under an envelope. `first` is said of the first administrator, beside what an honest service says.
 */
export function controlledLedger(
  set: ControlSet | ControlSetFields = CONTROL,
  origin?: string,
  first: { readonly person?: string } = {},
): ControlledLedger {
  const ledger = new ControlledLedger(origin);
  const named = 'threshold' in set ? controlSetFields(set) : set;
  const body = { mapRule: 'waybill/map/v1', logKeys: [ledger.vkey], ...named };
  ledger.append({ kind: 'log.opened', principal: 'service', body });
  for (const use of ['image', 'service', 'verdict']) register(ledger, use, { use, by: 'service' });
  grant(ledger, 'bootstrap-admin', 'admin', { by: 'service', ...first });
  grant(ledger, 'shop-ci', 'pipeline', { repositories: ['shop/*'] });
  register(ledger, 'pipeline', { repositories: ['shop/*'] });
  return ledger;
}

/** The controlled log with a contract (7), the image signed, and both stages attested: custody that passes. */
export function controlledCustody(set = CONTROL): ControlledLedger {
  const ledger = controlledLedger(set);
  publish(ledger, CONTRACT);
  deliver(ledger);
  return ledger;
}

/** Signs the image and attests its stages. */
export function deliver(ledger: LedgerUnderTest, by = 'shop-ci'): void {
  sign(ledger, undefined, { by });
  for (const stage of ['test', 'scan']) attest(ledger, { stage, by });
}

/** Changes the control keys to another set. */
export function changeKeys(ledger: ControlledLedger, set: ControlSet, by: readonly string[] = AGREEING): number {
  return ledger.with(
    (entry) => signEntry(entry, undefined, by),
    () => ledger.append({ kind: 'control-keys.changed', principal: 'bootstrap-admin', body: controlSetFields(set) }),
  );
}

/** What a reader brings who knows log key and control keys. */
export function controlTrust(ledger: LedgerUnderTest, set = CONTROL) {
  return trustOf(ledger, { control: set });
}
