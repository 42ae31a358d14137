import { neededKeys } from '../../core/custody/needed-lists.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { openService } from '../../service/open-service.ts';
import type { Service } from '../../service/service.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import { withLedgerCopy } from '../scratch/ledger-copy.ts';
import type { CarriedFile, Drill } from './drill.ts';
import { refusals } from './file-drill.ts';
import { without } from './liar-drills.ts';
import { given, type Scene } from './scene.ts';

/** A time that a reader judges at need not be now: nobody waits until something has expired. Readers bear so old a checkpoint. */
const CHECKPOINT_AGE_SECONDS_MAX = 30 * 86_400;

export type JudgedAttack = {
  readonly id: string;
  readonly sentence: string;
  readonly code: string;
  readonly said: string;
  /** What happens at the service; gives the image that is judged afterwards. */
  readonly live: (service: Service, scene: Scene, attacked: boolean) => Promise<string>;
  /** Entries that the attacked evidence leaves out, and counts out of its lists. */
  readonly hide?: (entry: Entry, shown: readonly Entry[]) => boolean;
  /** How long after it was handed out the file is judged; at once where absent. */
  readonly laterSeconds?: number;
  /** Where the image is to run, in the question that is asked afterwards. */
  readonly environment?: string;
};

/** Something that the service records as it must, and that every reader of the evidence judges. */
export function judgedDrill({ id, sentence, code, said, live, hide, ...asked }: JudgedAttack): Drill {
  return {
    id,
    sentence,
    expected: [{ by: 'cli', code }],
    carries: code,
    play: (scene, attacked) =>
      withLedgerCopy(scene.original, async (copy) => {
        const running = await copy.open();
        try {
          const service = openService(running.context);
          const control = await refusals(scene, await fileAbout(service, scene, scene.image.digest));
          const subject = await live(service, scene, attacked);
          const file = await fileAbout(service, scene, subject, asked);
          const carried = attacked && hide !== undefined ? withheld(file, hide) : file;
          const noticed = await refusals(scene, carried);
          return { said: attacked ? said : 'nothing was done', control, noticed, carried };
        } finally {
          await running.close();
        }
      }),
  };
}

/** Evidence of an image as the service gives it, to somebody who judges it now, or later, for an environment or none. */
export async function fileAbout(
  service: Service,
  { callers, image }: Scene,
  subject: string,
  { laterSeconds, environment }: Pick<JudgedAttack, 'laterSeconds' | 'environment'> = {},
): Promise<CarriedFile> {
  const where = environment === undefined ? {} : { environment };
  const bytes = given(await service.readEvidence(callers.admin, { ...image, digest: subject, ...where }));
  const file = { kind: 'evidence', bytes, subject, ...where } as const;
  if (laterSeconds === undefined) return file;
  const at = new Date(Date.now() + laterSeconds * 1000).toISOString();
  return { ...file, age: { maxSeconds: CHECKPOINT_AGE_SECONDS_MAX, at } };
}

function withheld(file: CarriedFile, hide: NonNullable<JudgedAttack['hide']>): CarriedFile {
  const bytes = editEvidence(file.bytes, (parts) => {
    const shown = parts.entries.map(({ entry }) => entry);
    const hidden = shown.filter((entry) => hide(entry, shown));
    const left = without(
      parts,
      hidden.map(({ seq }) => seq),
    );
    // Lists that nothing that is left asks for are not shown either.
    const needed = neededKeys(
      parts.question,
      shown.filter((entry) => !hidden.includes(entry)),
    );
    // Nobody proves that a list is empty which is not; the proof that another one is looks like it.
    const absent = parts.lists.find(({ n }) => n === 0);
    const lists = left.lists
      .filter(({ key }) => needed.includes(key))
      .map((list) => (list.n === 0 && absent !== undefined ? { ...list, proof: absent.proof } : list));
    return { ...left, lists };
  });
  return { ...file, bytes };
}
