import { signerKey } from '../core/entry/keys.ts';
import { scopeHasRepository, scopeHasStage } from '../core/trust/scope.ts';
import type { LedgerStore, ProjectionStore } from './ports.ts';
import { readWholeLists } from './read-list.ts';
import { type SignerState, signerState } from './read-signer.ts';

const NAMES_READ = 500;

/**
 * The registered pipeline keys, kept in memory: a key never changes, and new ones are read as they come. What does
 * change, revocation, is read again for the one signer that an attestation turns out to be signed by, and the append
 * checks that its list has not moved since.
 */
export class SignerDirectory {
  readonly #store: LedgerStore;
  readonly #projections: ProjectionStore;
  readonly #signers = new Map<string, SignerState>();
  #afterSeq: number | undefined;

  constructor(store: LedgerStore, projections: ProjectionStore) {
    this.#store = store;
    this.#projections = projections;
  }

  /** Pipeline signers: those that may attest the stage of the repository, and all others. */
  async candidates(
    repository: string,
    stage: string,
  ): Promise<{ readonly inScope: readonly SignerState[]; readonly others: readonly SignerState[] }> {
    await this.#refresh();
    const attesting = [...this.#signers.values()].filter(({ use }) => use === 'attest');
    const covers = ({ document }: SignerState) =>
      scopeHasRepository(document, repository) && scopeHasStage(document, stage);
    return { inScope: attesting.filter(covers), others: attesting.filter((signer) => !covers(signer)) };
  }

  async #refresh(): Promise<void> {
    for (;;) {
      const names = await this.#projections.names('signer', this.#afterSeq, NAMES_READ);
      const lists =
        names.length === 0
          ? new Map()
          : await readWholeLists(
              this.#store,
              names.map(({ name }) => signerKey(name)),
            );
      for (const { name, seq } of names) {
        const list = lists.get(signerKey(name));
        if (list !== undefined && list.length > 0) this.#signers.set(name, signerState(list));
        this.#afterSeq = seq;
      }
      if (names.length < NAMES_READ) return;
    }
  }
}
