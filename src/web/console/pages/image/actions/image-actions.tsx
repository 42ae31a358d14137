import { useState } from 'preact/hooks';
import type { Judged } from '../../../verify/judged.ts';
import type { Custody } from '../use-custody.ts';
import { ReleaseImage } from './release-image.tsx';
import { RetireImage } from './retire-image.tsx';

type Props = { readonly custody: Custody; readonly judged: Judged; readonly done: () => void };

/** What a release manager does with the whole image. Each shows what it changes before it is done. */
export function ImageActions({ custody, judged, done }: Props) {
  const [open, setOpen] = useState<'release' | 'retire'>();
  const { verdict } = judged.result;
  const ships = verdict === 'pass' || verdict === 'waived';
  const close = () => setOpen(undefined);
  return (
    <div class="buttons image-actions">
      {ships ? (
        <button type="button" onClick={() => setOpen('release')}>
          Release…
        </button>
      ) : (
        <p class="small quiet">What does not pass is not released.</p>
      )}
      <button type="button" class="plain" onClick={() => setOpen('retire')}>
        Retire…
      </button>
      {open === 'release' && (
        <ReleaseImage
          judged={judged}
          environments={custody.environments}
          environment={custody.environment}
          done={done}
          close={close}
        />
      )}
      {open === 'retire' && <RetireImage judged={judged} current={custody.current} done={done} close={close} />}
    </div>
  );
}
