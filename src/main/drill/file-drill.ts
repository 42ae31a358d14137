import { type CarriedFile, type Drill, type Sighting, sightings } from './drill.ts';
import { verifyFile } from './outsider.ts';
import type { Scene } from './scene.ts';

export type FileAttack = {
  readonly id: string;
  readonly sentence: string;
  /** The code that the outsider's command line names first. */
  readonly code: string;
  /** The file as it should be: verified before; the evidence of the scene unless told. */
  readonly honest?: (scene: Scene) => CarriedFile | Promise<CarriedFile>;
  readonly forge: (scene: Scene) => CarriedFile | Promise<CarriedFile>;
  readonly said: string;
};

/** An attack that a file carries to a reader who has nothing but the log key, and perhaps a receipt. */
export function fileDrill({ id, sentence, code, honest = honestEvidence, forge, said }: FileAttack): Drill {
  return {
    id,
    sentence,
    expected: [{ by: 'cli', code }],
    carries: code,
    play: async (scene, attacked) => {
      const good = await honest(scene);
      const control = await refusals(scene, good);
      const file = attacked ? await forge(scene) : good;
      return {
        said: attacked ? said : 'nothing was done',
        control,
        noticed: await refusals(scene, file),
        carried: file,
      };
    },
  };
}

function honestEvidence(scene: Scene): CarriedFile {
  return { kind: 'evidence', bytes: scene.evidence };
}

/** What the command line says against a file; nothing where it passes, or, of a receipt, where it holds. */
export async function refusals(scene: Scene, file: CarriedFile): Promise<readonly Sighting[]> {
  const { exit, verdict, code } = await verifyFile(scene, file);
  return exit === 0 ? [] : sightings('cli', [code ?? `verdict ${verdict}`]);
}
