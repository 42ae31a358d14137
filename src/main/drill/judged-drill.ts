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
};

/** Something that the service records as it must, and that every reader of the evidence judges. */
export function judgedDrill({ id, sentence, code, said, live, hide, laterSeconds }: JudgedAttack): Drill {
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
          const file = await fileAbout(service, scene, subject, laterSeconds);
          const carried = attacked && hide !== undefined ? withheld(file, hide) : file;
          const noticed = await refusals(scene, carried);
          return { said: attacked ? said : 'nothing was done', control, noticed, carried };
        } finally {
          await running.close();
        }
      }),
  };
}

/** Evidence of an image as the service gives it, to somebody who judges it now, or later. */
export async function fileAbout(
  service: Service,
  { callers, image }: Scene,
  subject: string,
  laterSeconds?: number,
): Promise<CarriedFile> {
  const bytes = given(await service.readEvidence(callers.admin, { ...image, digest: subject }));
  const file = { kind: 'evidence', bytes, subject } as const;
  if (laterSeconds === undefined) return file;
  const at = new Date(Date.now() + laterSeconds * 1000).toISOString();
  return { ...file, age: { maxSeconds: CHECKPOINT_AGE_SECONDS_MAX, at } };
}

function withheld(file: CarriedFile, hide: NonNullable<JudgedAttack['hide']>): CarriedFile {
  const bytes = editEvidence(file.bytes, (parts) => {
    const shown = parts.entries.map(({ entry }) => entry);
    const hidden = shown.filter((entry) => hide(entry, shown));
    return without(
      parts,
      hidden.map(({ seq }) => seq),
    );
  });
  return { ...file, bytes };
}
