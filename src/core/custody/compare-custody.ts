/** What is compared of an image: what was signed and attested of it, and the contracts that covered it. */
export type Compared = {
  readonly steps: readonly ComparedStep[];
  /** Version of each contract that applied, by its name. */
  readonly contracts: ReadonlyMap<string, number>;
};

export type ComparedStep = {
  readonly kind: string;
  readonly stage?: string;
  readonly predicateType?: string;
  readonly signer?: string;
  readonly assurance?: string;
};

/** What the attestations of a stage have in common: how many there are, and everything that stands in one of them. */
export type StageSummary = {
  readonly attestations: number;
  readonly predicateTypes: readonly string[];
  readonly signers: readonly string[];
  readonly assurances: readonly string[];
};

/** What differs between an image and the one before it, as recorded; nothing where a member is empty. */
export type Changes = {
  readonly stages: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly {
      readonly stage: string;
      readonly before: StageSummary;
      readonly after: StageSummary;
    }[];
  };
  readonly signers: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly contracts: readonly { readonly contract: string; readonly before?: number; readonly after?: number }[];
};

/** What changed from one image to another. Everything is sorted by name, so that the same two give the same bytes. */
export function compareCustody(before: Compared, after: Compared): Changes {
  const [earlier, later] = [summariesOf(before.steps), summariesOf(after.steps)];
  const both = [...later.keys()].filter((stage) => earlier.has(stage)).sort();
  return {
    stages: {
      ...namesBetween(earlier.keys(), later.keys()),
      changed: both.flatMap((stage) => {
        const [was, is] = [earlier.get(stage), later.get(stage)];
        const same = was === undefined || is === undefined || JSON.stringify(was) === JSON.stringify(is);
        return same ? [] : [{ stage, before: was, after: is }];
      }),
    },
    signers: namesBetween(signersOf(before.steps), signersOf(after.steps)),
    contracts: contractsBetween(before.contracts, after.contracts),
  };
}

function summariesOf(steps: readonly ComparedStep[]): ReadonlyMap<string, StageSummary> {
  const attested = steps.filter(({ kind, stage }) => kind === 'attestation.recorded' && stage !== undefined);
  return new Map(
    [...Map.groupBy(attested, ({ stage }) => stage ?? '')].map(([stage, of]) => [
      stage,
      {
        attestations: of.length,
        predicateTypes: distinct(of.map(({ predicateType }) => predicateType)),
        signers: distinct(of.map(({ signer }) => signer)),
        assurances: distinct(of.map(({ assurance }) => assurance)),
      },
    ]),
  );
}

function signersOf(steps: readonly ComparedStep[]): readonly string[] {
  return distinct(steps.map(({ signer }) => signer));
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))].sort() as readonly string[];
}

function namesBetween(before: Iterable<string>, after: Iterable<string>) {
  const [was, is] = [new Set(before), new Set(after)];
  return {
    added: [...is].filter((name) => !was.has(name)).sort(),
    removed: [...was].filter((name) => !is.has(name)).sort(),
  };
}

function contractsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Changes['contracts'] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((contract) => {
    const [was, is] = [before.get(contract), after.get(contract)];
    if (was === is) return [];
    return [{ contract, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}
