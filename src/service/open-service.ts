import { invariant } from '../core/fault.ts';
import { checkAnchor } from './check-anchor.ts';
import type { ServiceContext } from './context.ts';
import { openingSubmissions } from './open-log.ts';
import type { AnchorStore, LedgerStore, ProjectionStore, Random, ServiceKeys, TokenStore } from './ports.ts';
import { Sequencer, type SequencerLimits } from './sequencer.ts';
import { SignerDirectory } from './signer-directory.ts';

export type ServiceParts = {
  readonly store: LedgerStore;
  readonly projections: ProjectionStore;
  readonly tokens: TokenStore;
  readonly anchor: AnchorStore;
  readonly keys: ServiceKeys;
  readonly random: Random;
  readonly now: () => Date;
  readonly buildBundle: ServiceContext['buildBundle'];
  readonly renderReport: ServiceContext['renderReport'];
  readonly limits?: SequencerLimits;
};

/**
 * Makes the ledger ready to be served: checks the head against the anchor before anything is signed, and writes the
 * first entries of an empty log. Throws ServiceError for what must not be served: see `checkAnchor`.
 */
export async function openContext(parts: ServiceParts): Promise<ServiceContext> {
  const { store, anchor, keys } = parts;
  const head = await store.head();
  await checkAnchor(store, head, await anchor.read());
  const logSigner = keys.logSigner(store.origin);
  const sequencer = new Sequencer(store, anchor, [logSigner], parts.limits, head);
  if (head.frontier.size === 0) {
    const opened = openingSubmissions(store.origin, keys, parts.random).map((submission) =>
      sequencer.sequence(submission),
    );
    for (const { appended } of await Promise.all(opened))
      invariant(appended.outcome !== 'stale', 'an opening rests on nothing');
  }
  return {
    store,
    sequencer,
    projections: parts.projections,
    tokens: parts.tokens,
    signers: new SignerDirectory(store, parts.projections),
    keys,
    logSigner,
    random: parts.random,
    now: parts.now,
    buildBundle: parts.buildBundle,
    renderReport: parts.renderReport,
  };
}
