import { scopeHasRepository, scopeHasStage } from '../core/trust/scope.ts';
import type { LedgerStore, ProjectionStore } from './ports.ts';
import { readSignerStates, type SignerState } from './read-signer.ts';

const NAMES_READ = 500;

/** Places, each a repository and a stage, whose signers are remembered. */
const PLACES_MAX = 4_096;

/**
 * The registered pipeline keys, kept in memory: a key never changes, and new ones are read as they come. What does
 * change, revocation and rotation, may be older here than the ledger: what rests on it names the lengths of the lists that it was read
 * from, so that the append notices, and no refusal rests on it.
 */
export class SignerDirectory {
  readonly #store: LedgerStore;
  readonly #projections: ProjectionStore;
  readonly #signers = new Map<string, SignerState>();
  /** By repository and stage, the one that signed there last first. */
  readonly #places = new Map<string, readonly SignerState[]>();
  #afterSeq: number | undefined;

  constructor(store: LedgerStore, projections: ProjectionStore) {
    this.#store = store;
    this.#projections = projections;
  }

  /**
   * Pipeline signers that may attest the stage of the repository, from memory, the likeliest first: that whose id a
   * signature gives as its hint, then that which signed there last.
   */
  known(repository: string, stage: string, hints: readonly string[]): readonly SignerState[] {
    const place = placeOf(repository, stage);
    let signers = this.#places.get(place);
    if (signers === undefined) {
      signers = [...this.#signers.values()].filter((signer) => mayAttest(signer, repository, stage));
      if (this.#places.size >= PLACES_MAX) this.#places.clear();
      this.#places.set(place, signers);
    }
    const hinted = signers.filter(({ signer }) => hints.includes(signer));
    return hinted.length === 0 ? signers : [...hinted, ...signers.filter((signer) => !hinted.includes(signer))];
  }

  /** Remembers who signed at a place: the next attestation there is likely to be theirs, too. */
  noteSigned(repository: string, stage: string, signer: SignerState): void {
    const place = placeOf(repository, stage);
    const signers = this.#places.get(place);
    if (signers !== undefined && signers[0] !== signer)
      this.#places.set(place, [signer, ...signers.filter((other) => other !== signer)]);
  }

  /** Takes in what the ledger says of a signer now. */
  update(state: SignerState): void {
    if (state.entries < (this.#signers.get(state.signer)?.entries ?? 0)) return;
    this.#signers.set(state.signer, state);
    this.#places.clear();
  }

  /** Pipeline signers, those registered meanwhile included: who may attest the stage of the repository, and all others. */
  async candidates(
    repository: string,
    stage: string,
  ): Promise<{ readonly inScope: readonly SignerState[]; readonly others: readonly SignerState[] }> {
    await this.#refresh();
    const attesting = [...this.#signers.values()].filter(({ use }) => use === 'attest');
    const covers = (signer: SignerState) => mayAttest(signer, repository, stage);
    return { inScope: attesting.filter(covers), others: attesting.filter((signer) => !covers(signer)) };
  }

  /** All signers as the ledger has them now. Those whose lists have not grown since are taken from memory. */
  async current(): Promise<readonly SignerState[]> {
    await this.#refresh();
    const states = [...this.#signers.values()];
    const ends = await this.#store.listEnds([
      ...new Set(states.flatMap(({ restsOn }) => restsOn.map(({ key }) => key))),
    ]);
    const moved = states.filter(({ restsOn }) => restsOn.some(({ key, n }) => ends.get(key)?.n !== n));
    const read = await readSignerStates(
      this.#store,
      moved.map(({ signer }) => signer),
    );
    for (const { signer } of moved) {
      const state = read.get(signer);
      if (state !== undefined) this.update(state);
    }
    return [...this.#signers.values()];
  }

  async #refresh(): Promise<void> {
    for (;;) {
      const names = await this.#projections.names('signer', this.#afterSeq, NAMES_READ);
      const states = await readSignerStates(
        this.#store,
        names.map(({ name }) => name),
      );
      for (const { name, seq } of names) {
        const state = states.get(name);
        if (state !== undefined) this.update(state);
        this.#afterSeq = seq;
      }
      if (names.length < NAMES_READ) return;
    }
  }
}

function mayAttest({ use, document }: SignerState, repository: string, stage: string): boolean {
  return use === 'attest' && scopeHasRepository(document, repository) && scopeHasStage(document, stage);
}

function placeOf(repository: string, stage: string): string {
  return `${repository} ${stage}`;
}
