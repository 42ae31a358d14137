import { CONTRACT_MEDIA_TYPE, formatContract } from '../../core/contract/contract.ts';
import type { Json } from '../../core/encoding/json.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { contractKey, TRUST_KEY } from '../../core/entry/keys.ts';
import type { DualKind } from '../../core/entry/kinds/change-proposed.ts';
import { CHANGE_MEDIA_TYPE, formatChange } from '../../core/trust/change-document.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../core/trust/grant-document.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import { appended, type Draft, type ShadowLedger } from '../../tamper/shadow-ledger.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { signedEvidence, without } from './liar-drills.ts';
import { type Scene, STRICT_CONTRACT } from './scene.ts';

/** Administrators, and who is behind them. */
const PEOPLE = { anna: 'anna', 'anna-at-home': 'anna', ben: 'ben' } as const;
type Admin = keyof typeof PEOPLE;

/**
 * What one administrator, or a server that is on their side, tries in a log under dual control: the scene's ledger, in which
 * two people have turned it on. A third version of everybody's contract that asks for nothing is what it is all about.
 */
export const DUAL_CONTROL_DRILLS: readonly Drill[] = [
  dualDrill({
    id: 'one-person-twice',
    sentence: 'Propose a looser contract, and publish it as another principal of the same person.',
    code: 'dual-control/same-person',
    said: 'both entries are there, and one person is behind both',
    forge: (ledger) => publishedBy('anna-at-home', proposedBy('anna', ledger, 2), 2),
  }),
  dualDrill({
    id: 'replayed-proposal',
    sentence: 'Publish a contract once more that was replaced, on the proposal that was made for it the first time.',
    code: 'dual-control/not-proposed',
    said: 'the newest entry is what was proposed once, and its proposal was used by another',
    forge: (ledger) => publishedBy('anna', changed(changed(ledger, 2), 3), 4),
  }),
  dualDrill({
    id: 'hidden-second-person',
    sentence:
      'Hide that the second person published a stricter contract, so that it seems to be no more than proposed.',
    code: 'list/not-in-map',
    said: 'the evidence ends the list of the contract with the proposal, and claims it one entry shorter',
    honest: (ledger) => changed(ledger, 2),
    forge: (ledger) => changed(ledger, 2),
    hide: ({ kind, body }) => kind === 'contract.published' && (body as { readonly version: number }).version === 2,
  }),
  dualDrill({
    id: 'hidden-dual-control',
    sentence: 'Hide that dual control was turned on, and let one person publish a looser contract.',
    code: 'list/not-in-map',
    said: 'the evidence lacks the change of the settings, and claims a list that is one entry shorter',
    forge: (ledger) => publishedBy('anna', ledger, 2),
    hide: ({ kind }) => kind === 'settings.changed',
  }),
];

type DualAttack = {
  readonly id: string;
  readonly sentence: string;
  readonly code: string;
  readonly said: string;
  /** What two people did, where that is not a looser contract. */
  readonly honest?: (ledger: ShadowLedger) => ShadowLedger;
  readonly forge: (ledger: ShadowLedger) => ShadowLedger;
  /** Entries that are left out of the evidence, and counted out of its lists. */
  readonly hide?: (entry: Entry) => boolean;
};

function dualDrill({
  honest = (ledger) => changed(ledger, 2),
  forge,
  hide = () => false,
  ...about
}: DualAttack): Drill {
  const file = (scene: Scene, ledger: ShadowLedger, hidden: (entry: Entry) => boolean): CarriedFile => ({
    kind: 'evidence',
    bytes: editEvidence(signedEvidence(scene, ledger), (parts) =>
      without(
        parts,
        parts.entries.flatMap(({ entry }) => (hidden(entry) ? [entry.seq] : [])),
      ),
    ),
  });
  return fileDrill({
    ...about,
    honest: (scene) => file(scene, honest(dualControl(scene)), () => false),
    forge: (scene) => file(scene, forge(dualControl(scene)), hide),
  });
}

/** The ledger with two people as administrators, one of them by two names, who have turned dual control on. */
function dualControl({ shadow, callers }: Scene): ShadowLedger {
  const scope = { role: 'admin', repositories: ['*'], stages: ['*'] } as const;
  const granted = Object.entries(PEOPLE).reduce((ledger, [principal, person]) => {
    const bytes = formatGrantDocument({ ...scope, person });
    const body = { principal, role: 'admin' };
    const proposal = { kind: 'principal.granted', principal: callers.admin.principal, body };
    return appended(ledger, { proposal, payload: { mediaType: GRANT_MEDIA_TYPE, bytes } });
  }, shadow);
  const settings = { kind: 'settings.changed', body: { dualControl: true } } as const;
  const proposed = appended(granted, proposalOf('anna', TRUST_KEY, settings));
  return appended(proposed, { proposal: { ...settings, principal: 'ben' } });
}

/** One more version of the contract, proposed by one and published by the other. */
function changed(ledger: ShadowLedger, version: number): ShadowLedger {
  return publishedBy('ben', proposedBy('anna', ledger, version), version);
}

function proposedBy(admin: Admin, ledger: ShadowLedger, version: number): ShadowLedger {
  return appended(ledger, proposalOf(admin, contractKey(STRICT_CONTRACT), versionOf(version)));
}

function publishedBy(principal: Admin, ledger: ShadowLedger, version: number): ShadowLedger {
  const { kind, body, payload } = versionOf(version);
  return appended(ledger, { proposal: { kind, principal, body }, payload });
}

/** A version of everybody's contract that asks for nothing. */
function versionOf(version: number) {
  const repositories = ['*'];
  const bytes = formatContract({ contract: STRICT_CONTRACT, repositories, stages: [] });
  const body = { contract: STRICT_CONTRACT, version, repositories, previousRepositories: repositories };
  return { kind: 'contract.published', body, payload: { mediaType: CONTRACT_MEDIA_TYPE, bytes } } as const;
}

function proposalOf(
  principal: Admin,
  key: string,
  change: {
    readonly kind: DualKind;
    readonly body: Json;
    readonly payload?: { readonly mediaType: string; readonly bytes: Uint8Array };
  },
): Draft {
  const proposal = { kind: 'change.proposed', principal, body: { kind: change.kind, key } };
  return { proposal, payload: { mediaType: CHANGE_MEDIA_TYPE, bytes: formatChange(change) } };
}
