import { stringify } from 'yaml';
import { SCHEMA_LINE } from './contract-schema.ts';

/** What was seen of one stage over the images that were looked at. */
type SeenStage = {
  readonly stage: string;
  readonly images: number;
  readonly predicateTypes: readonly string[];
  readonly untyped: boolean;
  readonly assurances: readonly string[];
  readonly signers: readonly string[];
  /** Never of an image: only of commits. */
  readonly ofSource: boolean;
};

/** What a draft looks at of an entry, and whether that is about the image or about a commit that it comes from. */
export type SeenStep = {
  readonly entry: {
    readonly kind: string;
    readonly stage?: string;
    readonly predicateType?: string;
    readonly assurance?: string;
    readonly signer?: string;
    readonly run?: string;
  };
  readonly on: 'image' | 'source';
};

/** An image's steps, for a draft. */
export type SeenImage = { readonly digest: string; readonly steps: readonly SeenStep[] };

/**
 * A contract as YAML with comments, drafted from what the images of a repository have: every stage that was seen is
 * required, with the predicate types that were seen. Signers and order stand there as comments, for people to decide.
 */
export function draftContract(repository: string, images: readonly SeenImage[]): string {
  const stages = seenStages(images);
  const head = [
    SCHEMA_LINE,
    `# Contract for ${repository}, drafted from ${images.length} image${images.length === 1 ? '' : 's'} in the ledger.`,
    '# It requires every stage that was seen. Delete what need not be there, then publish it:',
    '#   waybill contract publish <this file>',
    '# Editors complete and check it by the first line, once this was run:',
    '#   waybill contract schema > contract.schema.json',
    `contract: ${scalar(contractNameFor(repository))}`,
    'repositories: # exact names, prefix/*, or *',
    `  - ${scalar(repository)}`,
  ];
  if (stages.length === 0) {
    return [
      ...head,
      '# Nothing was attested yet. A stage looks like this:',
      'stages:',
      '  - stage: test',
      '    # predicateTypes: [https://waybill.dev/attestation/junit/v1]',
      '',
    ].join('\n');
  }
  return [
    ...head,
    'stages:',
    ...stages.flatMap((stage) => stageLines(stage, images.length)),
    orderHint(stages),
    ...runsHint(images),
    '',
  ].join('\n');
}

/** A name that a contract may have: `shop/api` becomes `shop-api`. */
function contractNameFor(repository: string): string {
  return repository.replaceAll(/[^a-z0-9._-]+/g, '-').slice(0, 64);
}

function seenStages(images: readonly SeenImage[]): readonly SeenStage[] {
  const steps = images.flatMap(({ digest, steps }) =>
    steps.flatMap(({ entry, on }) =>
      entry.kind === 'attestation.recorded' && entry.stage !== undefined
        ? [{ digest, entry, on, stage: entry.stage }]
        : [],
    ),
  );
  const names = [...new Set(steps.map(({ stage }) => stage))];
  return names.map((stage) => {
    const all = steps.filter((step) => step.stage === stage);
    const ofSource = all.every(({ on }) => on === 'source');
    // What is about a commit does not count where the stage is one of the image.
    const of = ofSource ? all : all.filter(({ on }) => on === 'image');
    const distinct = (values: readonly (string | undefined)[]) =>
      [...new Set(values)].filter((value) => value !== undefined).sort();
    return {
      stage,
      images: new Set(of.map(({ digest }) => digest)).size,
      predicateTypes: distinct(of.map(({ entry }) => entry.predicateType)),
      untyped: of.some(({ entry }) => entry.predicateType === undefined),
      assurances: distinct(of.map(({ entry }) => entry.assurance)),
      signers: distinct(of.map(({ entry }) => entry.signer)),
      ofSource,
    };
  });
}

function stageLines(seen: SeenStage, images: number): readonly string[] {
  const ownKeys = seen.assurances.length === 1 && seen.assurances[0] === 'pipeline';
  const types = seen.untyped
    ? ['    # predicateTypes: of a type that is not on the list of known ones, so any is accepted']
    : ['    predicateTypes:', ...seen.predicateTypes.map((type) => `      - ${scalar(type)}`)];
  const assurance = ownKeys
    ? ['    assurance: pipeline # every one was signed by the pipeline’s own key']
    : ['    # assurance: pipeline # to demand the pipeline’s own key instead of the service’s'];
  const signers = ownKeys ? [`    # signers: [${seen.signers.join(', ')}]`] : [];
  const source = seen.ofSource ? ['    on: source # attested of the commit that the run was for'] : [];
  return [
    `  - stage: ${scalar(seen.stage)} # on ${seen.images} of ${images}`,
    ...source,
    ...types,
    ...assurance,
    ...signers,
  ];
}

function orderHint(stages: readonly SeenStage[]): string {
  const [first, second] = stages;
  if (first === undefined || second === undefined)
    return '# Each attestation of a stage must hold; "count: latest" asks for the newest alone.';
  return `# Order: "after: [${first.stage}]" in the stage ${second.stage} would demand that ${first.stage} came before it.`;
}

/** Where every image comes from a run, the draft says how to ask for that. */
function runsHint(images: readonly SeenImage[]): readonly string[] {
  const fromRun = ({ steps }: SeenImage) =>
    steps.some(({ entry }) => entry.kind === 'image.signed' && entry.run !== undefined);
  if (!images.every(fromRun)) return [];
  return [
    '# Every image comes from a run. To demand that it closed as succeeded, with every stage that it was opened for:',
    '# runs: { required: true }',
  ];
}

/** A text as YAML that reads back as that text: quoted where it looks like a number or anything else. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}
