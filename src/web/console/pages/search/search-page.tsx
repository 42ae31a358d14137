import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { SearchAnswer, SearchHit } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { contractAddress, repositoryAddress, runAddress, signerAddress, waiverAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { imageAddress } from '../../ui/digest.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { RecordedVerdict } from '../../ui/recorded-verdict.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

const TITLES: Readonly<Record<SearchHit['type'], string>> = {
  image: 'Images',
  tag: 'Tags',
  commit: 'Commits',
  run: 'Runs',
  waiver: 'Waivers',
  signer: 'Signers',
  repository: 'Repositories',
  contract: 'Contracts',
};

/** What begins as somebody typed, type by type. */
export function SearchPage({ query }: PageProps) {
  const text = query.q ?? '';
  const answered = useAnswer<SearchAnswer>(text === '' ? undefined : '/v1/search', { query: { q: text, limit: 20 } });
  return (
    <Page
      title="Search"
      lead="By the first characters of a digest, a commit, the id of a run, waiver or signer, or of a name."
    >
      <SearchField text={text} />
      {text !== '' && (
        <Answer answered={answered} what="what begins so">
          {(answer) =>
            answer.items.length === 0 ? (
              <Empty title="Nothing begins so where you may read.">
                An image that was never signed is found by its whole digest only, and a tag where the signature names
                it.
              </Empty>
            ) : (
              <Hits answer={answer} />
            )
          }
        </Answer>
      )}
    </Page>
  );
}

/** Asks when somebody presses Enter; what is asked for stands in the address. */
function SearchField({ text }: { readonly text: string }) {
  const { route } = useLocation();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (text === '') field.current?.focus();
  }, [text]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    if (wanted !== '') route(`/console/search?q=${encodeURIComponent(wanted)}`);
  };
  return (
    <search>
      <form class="search-form" onSubmit={submit}>
        <label for="search-text">What does it begin with?</label>
        <div class="field-and-button">
          <input
            ref={field}
            id="search-text"
            type="search"
            name="q"
            key={text}
            defaultValue={text}
            maxLength={400}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
          <button type="submit">Search</button>
        </div>
      </form>
    </search>
  );
}

function Hits({ answer: { items, more } }: { readonly answer: SearchAnswer }) {
  const types = Object.keys(TITLES) as SearchHit['type'][];
  return (
    <>
      {types.map((type) => {
        const hits = items.filter((hit) => hit.type === type);
        if (hits.length === 0) return null;
        return (
          <Section key={type} title={TITLES[type]}>
            <Rows label={TITLES[type]}>
              {hits.map((hit) => (
                <Hit key={JSON.stringify(hit)} hit={hit} />
              ))}
            </Rows>
            {more.includes(type) && <p class="quiet">There are more: type more of the beginning.</p>}
          </Section>
        );
      })}
    </>
  );
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  switch (hit.type) {
    case 'image':
      return (
        <Row
          name={
            <a class="mono whole" href={imageAddress(hit.digest, hit.repository)}>
              {hit.digest}
            </a>
          }
          state={<RecordedVerdict verdict={hit.verdict} entriesSince={hit.entriesSince} retired={hit.retired} />}
        >
          <Fact name="in">
            <a href={repositoryAddress(hit.repository)}>{hit.repository}</a>
          </Fact>
          {hit.signedAt === undefined ? (
            <Fact name="never signed">here</Fact>
          ) : (
            <Fact name="signed">
              <Time time={hit.signedAt} />
            </Fact>
          )}
        </Row>
      );
    case 'tag':
      return (
        <Row
          name={<a href={imageAddress(hit.digest, hit.repository)}>{hit.tag}</a>}
          state={<Time time={hit.signedAt} />}
        >
          <Fact name="in">
            <a href={repositoryAddress(hit.repository)}>{hit.repository}</a>
          </Fact>
          <span class="mono whole">{hit.digest}</span>
        </Row>
      );
    case 'commit':
      return (
        <Row
          name={
            <a
              class="mono whole"
              href={`/console/runs?repository=${encodeURIComponent(hit.repository)}&commit=${hit.commit}`}
            >
              {hit.commit}
            </a>
          }
          state={`${hit.runs} ${hit.runs === 1 ? 'run' : 'runs'}`}
        >
          <Fact name="in">
            <a href={repositoryAddress(hit.repository)}>{hit.repository}</a>
          </Fact>
        </Row>
      );
    case 'run':
      return (
        <Row name={<a href={runAddress(hit.run)}>{hit.run}</a>} state={<StateTag state={hit.state} />}>
          <Fact name="of">
            <span class="mono">{hit.commit.slice(0, 12)}</span>
          </Fact>
          <Fact name="in">{hit.repository}</Fact>
        </Row>
      );
    case 'waiver':
      return (
        <Row name={<a href={waiverAddress(hit.waiver)}>{hit.waiver}</a>}>
          <Fact name="in">{hit.repository}</Fact>
        </Row>
      );
    case 'signer':
      return (
        <Row
          name={
            <a class="mono whole" href={signerAddress(hit.signer)}>
              {hit.signer}
            </a>
          }
          state={<StateTag state={hit.state} />}
        >
          {hit.title}
        </Row>
      );
    case 'repository':
      return <Row name={<a href={repositoryAddress(hit.repository)}>{hit.repository}</a>} />;
    case 'contract':
      return <Row name={<a href={contractAddress(hit.contract)}>{hit.contract}</a>} />;
  }
}
