import { counted } from '../../../view/count-words.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

type Resting = {
  readonly subject: string;
  readonly repository: string;
  readonly stage?: string;
  readonly seq: number;
  readonly time: string;
  readonly releases: readonly { readonly environment: string; readonly state: string }[];
};

/** What rests on a key and those that followed it, as far as one page of it goes. */
export type Impact = {
  readonly signers: readonly string[];
  readonly since: string;
  readonly items: readonly Resting[];
  readonly next?: string;
};

/** Where the service tells what rests on a key. */
export function impactAddress(signer: string): string {
  return `/v1/signers/${encodeURIComponent(signer)}/impact`;
}

/** How much stops counting, in a sentence. */
export function countWords({ items, next, signers }: Impact): string {
  const images = new Set(items.map(({ subject }) => subject)).size;
  const running = items.filter(({ releases }) => releases.some(({ state }) => state === 'current')).length;
  const more = next === undefined ? '' : 'more than ';
  const stop = items.length === 1 && next === undefined ? 'stops' : 'stop';
  const subjects = images === 1 ? 'one image or commit' : `${images} images and commits`;
  const followers = signers.length > 1 ? ` It takes ${signers.length - 1} that followed it by rotation with it.` : '';
  const runs = running === 1 ? 'one of them is of an image' : `${running} of them are of images`;
  return `${more}${counted(items.length, 'entry', 'entries')} of ${subjects} ${stop} counting; ${runs} released somewhere now.${followers}`;
}

/** What stops counting, the first fifty. */
export function ImpactList({ impact }: { readonly impact: Impact }) {
  const { items, next } = impact;
  if (items.length === 0) return <Empty title="Nothing rests on it since then, where you may read." />;
  return (
    <>
      <p>
        <b>{countWords(impact)}</b>
      </p>
      <ul class="rows card body">
        {items.slice(0, 50).map(({ subject, repository, stage, seq, time, releases }) => (
          <li key={`${seq} ${subject}`}>
            <div>
              {subject.startsWith('sha256:') ? (
                <Digest digest={subject} href={imageAddress(subject, repository)} />
              ) : (
                <span class="mono">{subject}</span>
              )}
              <p class="small quiet">
                {stage ?? 'signature'} of {repository} · entry #{seq} · <Time time={time} />
              </p>
            </div>
            {releases.some(({ state }) => state === 'current') && <span class="chip fail">released now</span>}
          </li>
        ))}
      </ul>
      {(items.length > 50 || next !== undefined) && (
        <p class="more quiet">
          And more: <code>waybill signer impact</code> lists all of it.
        </p>
      )}
    </>
  );
}
