import { CONTRACT_MEDIA_TYPE, formatContract } from '../../core/contract/contract.ts';
import { controlMessage, formatControl } from '../../core/control/control-envelope.ts';
import { type ControlSet, controlSetFields } from '../../core/control/control-keys.ts';
import { controlStatement, formatControlStatement } from '../../core/control/control-statement.ts';
import { takesControl } from '../../core/control/takes-control.ts';
import type { Entry, Proposal } from '../../core/entry/entry.ts';
import { invariant } from '../../core/fault.ts';
import { SERVICE_PRINCIPAL } from '../../core/trust/grant-document.ts';
import { OPENING_ENTRIES } from '../../service/open-log.ts';
import type { SigningKey } from '../../service/ports.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import { linkLeaves } from '../../tamper/rewrite-ledger.ts';
import { appended, type ShadowLedger } from '../../tamper/shadow-ledger.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { signedEvidence, without } from './liar-drills.ts';
import { makeKey } from './pipeline.ts';
import { type Scene, STRICT_CONTRACT } from './scene.ts';

/** Control keys whose holders are not the operator's. */
export type Holders = { readonly set: ControlSet; readonly keys: readonly SigningKey[] };

/**
 * What whoever runs the service tries in a log under control keys, of which they hold none: the scene's ledger as if it had
 * been opened with some, each change of trust in it agreed to. The reader's trust file names them.
 */
export const CONTROL_DRILLS: readonly Drill[] = [
  controlDrill({
    id: 'unagreed-contract',
    sentence:
      'Publish a looser version of a contract in a log under control keys, without the agreement of their holders.',
    code: 'control/missing',
    said: 'the newest entry is a version of the contract that asks for nothing, and nobody signed it',
    forge: (scene, holders) => loosened(scene, controlled(scene.shadow, holders), 2),
  }),
  controlDrill({
    id: 'replayed-agreement',
    sentence:
      'Bring a contract back that was replaced, with the agreement that its holders gave when it was first published.',
    code: 'control/wrong-place',
    said: 'the newest entry is the first version of the contract once more, under the envelope of the first time',
    forge: (scene, holders) => {
      const first = controlled(scene.shadow, holders);
      const replaced = controlled(loosened(scene, first, 2), holders);
      const used = first.leaves.find(({ proposal }) => isVersion(proposal, 1))?.proposal.control;
      invariant(used !== undefined, 'the first version was agreed to');
      return loosened(scene, replaced, 3, used);
    },
  }),
  controlDrill({
    id: 'other-control-keys',
    sentence: 'Open a log of the same name under control keys of one’s own, and have them agree to everything.',
    code: 'control/keys-differ',
    said: 'every change of trust is agreed to, by keys that the operator made',
    forge: (scene) => controlled(scene.shadow, makeHolders()),
  }),
  controlDrill({
    id: 'hidden-key-change',
    sentence:
      'Hide that the control keys were changed, and count the change out, so that stolen ones seem to be in force.',
    code: 'list/not-in-map',
    said: 'the evidence lacks the change of the control keys, and claims a list that is one entry shorter',
    forge: (scene, holders) => controlled(changed(scene), holders),
    hide: ({ kind }) => kind === 'control-keys.changed',
  }),
];

type ControlAttack = {
  readonly id: string;
  readonly sentence: string;
  readonly code: string;
  readonly said: string;
  readonly forge: (scene: Scene, holders: Holders) => ShadowLedger;
  /** Entries that are left out of the evidence, and counted out of its lists. */
  readonly hide?: (entry: Entry) => boolean;
};

/** Told by a file alone, to a reader whose trust file names the control keys. */
function controlDrill({ forge, hide = () => false, ...about }: ControlAttack): Drill {
  const holders = makeHolders();
  const file = (scene: Scene, ledger: ShadowLedger): CarriedFile => ({
    kind: 'evidence',
    bytes: editEvidence(signedEvidence(scene, ledger), (parts) =>
      without(
        parts,
        parts.entries.flatMap(({ entry }) => (hide(entry) ? [entry.seq] : [])),
      ),
    ),
    control: holders.set,
  });
  return fileDrill({
    ...about,
    honest: (scene) => file(scene, controlled(scene.shadow, holders)),
    forge: (scene) => file(scene, forge(scene, holders)),
  });
}

export function makeHolders(): Holders {
  const keys = [makeKey(), makeKey(), makeKey()];
  return { keys, set: { keys: keys.map(({ publicKey }) => publicKey), threshold: 2 } };
}

/** The ledger as if it had been opened with these control keys: two holders agree to each change that has no agreement yet. */
export function controlled(ledger: ShadowLedger, { set, keys }: Holders): ShadowLedger {
  const leaves = ledger.leaves.map(({ proposal, time }) => ({ proposal: openedWith(proposal, set), time }));
  for (const [index, { proposal, time }] of leaves.entries()) {
    const { control, ...unsigned } = proposal;
    const payload = ledger.payloads.get(proposal.payload?.commitment ?? '')?.bytes;
    const opensLog = proposal.principal === SERVICE_PRINCIPAL && index < OPENING_ENTRIES;
    const takes = !opensLog && takesControl(proposal, payload, false) === true;
    if (!takes || control !== undefined) continue;
    const entry = linkLeaves(ledger.origin, leaves.slice(0, index + 1)).at(-1)?.entry;
    invariant(entry !== undefined, 'a leaf becomes an entry');
    const statement = formatControlStatement(controlStatement(entry, payload));
    const message = controlMessage(statement);
    const agreeing = keys.slice(0, 2).map((key) => ({ key: key.publicKey, signature: key.sign(message) }));
    leaves[index] = { proposal: { ...unsigned, control: formatControl(statement, agreeing) }, time };
  }
  return { ...ledger, leaves };
}

function openedWith(proposal: Proposal, set: ControlSet): Proposal {
  if (proposal.kind !== 'log.opened') return proposal;
  return { ...proposal, body: { ...(proposal.body as object), ...controlSetFields(set) } };
}

/** The ledger with another version of the strict contract, which asks for nothing. */
function loosened({ callers }: Scene, ledger: ShadowLedger, version: number, control?: string): ShadowLedger {
  const repositories = ['*'];
  const bytes = formatContract({ contract: STRICT_CONTRACT, repositories, stages: [] });
  const body = { contract: STRICT_CONTRACT, version, repositories, previousRepositories: repositories };
  const { principal } = callers.admin;
  const proposal = { kind: 'contract.published', principal, body, ...(control === undefined ? {} : { control }) };
  return appended(ledger, { proposal, payload: { mediaType: CONTRACT_MEDIA_TYPE, bytes } });
}

/** The ledger with a change of the control keys at its end. */
function changed({ shadow, callers }: Scene): ShadowLedger {
  const body = { ...controlSetFields(makeHolders().set) };
  return appended(shadow, { proposal: { kind: 'control-keys.changed', principal: callers.admin.principal, body } });
}

function isVersion({ kind, body }: Proposal, version: number): boolean {
  const published = body as { readonly contract?: string; readonly version?: number };
  return kind === 'contract.published' && published.contract === STRICT_CONTRACT && published.version === version;
}
