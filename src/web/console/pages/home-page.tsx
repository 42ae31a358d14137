import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ImageSummary, Page as PageOf } from '../api/answers.ts';
import { useAnswer } from '../api/use-answer.ts';
import type { PageProps } from '../page-props.ts';
import { Digest, imageAddress } from '../ui/digest.tsx';
import { Page } from '../ui/page.tsx';
import { RecordedVerdict } from '../ui/recorded-verdict.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The images that the caller may see, and the way to one by its digest. */
export function HomePage({ query }: PageProps) {
  const { repository, verdict, cursor } = query;
  const answered = useAnswer<PageOf<ImageSummary>>('/v1/images', {
    query: { repository, verdict, cursor, limit: 50 },
    live: true,
  });
  return (
    <Page title="Images" lead="What was signed, newest first. Open one to have its custody checked in this browser.">
      <Search />
      <Answer answered={answered} what="images">
        {({ items, next }) => (
          <>
            {items.length === 0 ? <NoImages filtered={verdict !== undefined} /> : <ImageRows images={items} />}
            {next !== undefined && (
              <p class="more">
                <a href={`/console/images?${new URLSearchParams({ ...given({ repository, verdict }), cursor: next })}`}>
                  Older images
                </a>
              </p>
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

function NoImages({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <Empty title="There are no such images." />;
  return (
    <Empty title="No image was signed yet.">
      A pipeline signs one with <code>waybill sign</code>; it is then listed here.
    </Empty>
  );
}

function given(query: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function ImageRows({ images }: { readonly images: readonly ImageSummary[] }) {
  return (
    <ul class="rows card">
      {images.map(({ digest, repository, signedAt, attestations, verdict, entriesSince, retired, shape }) => (
        <li key={`${digest} ${repository}`}>
          <div>
            <a class="lead" href={imageAddress(digest, repository)}>
              {repository}
            </a>
            <p class="small quiet">
              <Digest digest={digest} /> · {shape} · signed <Time time={signedAt} /> · {attestations}{' '}
              {attestations === 1 ? 'attestation' : 'attestations'}
            </p>
          </div>
          <RecordedVerdict verdict={verdict} entriesSince={entriesSince} retired={retired} />
        </li>
      ))}
    </ul>
  );
}

function Search() {
  const { route } = useLocation();
  const field = useRef<HTMLInputElement>(null);
  const [complaint, setComplaint] = useState<string>();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    const digest = /^[0-9a-f]{64}$/.test(wanted) ? `sha256:${wanted}` : wanted;
    if (DIGEST.test(digest)) route(imageAddress(digest));
    else if (/^[a-z0-9][a-z0-9._/-]*$/.test(wanted)) route(`/console/images?repository=${encodeURIComponent(wanted)}`);
    else setComplaint('That is neither a digest (sha256:…) nor the name of a repository.');
  };
  return (
    <search>
      <form class="search" onSubmit={submit}>
        <label class="unseen" for="search">
          Digest or repository
        </label>
        <input
          id="search"
          ref={field}
          type="search"
          placeholder="sha256:… or a repository"
          spellcheck={false}
          autocapitalize="off"
          aria-invalid={complaint !== undefined}
          onInput={() => setComplaint(undefined)}
        />
        <button type="submit">Find</button>
      </form>
      {complaint !== undefined && (
        <p class="complaint" role="alert">
          {complaint}
        </p>
      )}
    </search>
  );
}
