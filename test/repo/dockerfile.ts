/** One instruction of a Dockerfile, its line continuations joined. */
export type Instruction = { readonly keyword: string; readonly args: string };

/** One `FROM` and what follows it. `name` is its `AS`, or its number as text. */
export type Stage = { readonly name: string; readonly base: string; readonly instructions: readonly Instruction[] };

/** A `COPY` of files: `from` is the stage that they come out of, or undefined for the build context. */
export type Copy = { readonly from?: string; readonly sources: readonly string[]; readonly destination: string };

/** Splits a Dockerfile into its stages. Enough of the format for our own file: no heredocs, no escape directive. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll('\\\n', ' ');
  const instructions = lines.split('\n').flatMap((line) => {
    const [, keyword, args] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
    return keyword === undefined ? [] : [{ keyword: keyword.toUpperCase(), args: (args ?? '').trim() }];
  });
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    const [base = '', , name] = instruction.args.split(/\s+/);
    if (instruction.keyword === 'FROM') stages.push({ name: name ?? String(stages.length), base, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** All `COPY` instructions of a stage, in order. */
export function readCopies(stage: Stage): readonly Copy[] {
  return argumentsOf(stage, 'COPY').map((args) => {
    const words = args.split(/\s+/);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    const found = { sources: paths.slice(0, -1), destination: paths.at(-1) ?? '' };
    return from === undefined ? found : { from, ...found };
  });
}

/** Arguments of every instruction of one kind in a stage, in order. */
export function argumentsOf(stage: Stage, keyword: string): readonly string[] {
  return stage.instructions.filter((instruction) => instruction.keyword === keyword).map(({ args }) => args);
}
