import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Page as PageOf } from '../../api/answers.ts';
import type { CheckpointView, EntryView } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { usePages } from '../../api/use-pages.ts';
import { useLedgerSize } from '../../live/ledger.tsx';
import { entryAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { useWho } from '../../session/session.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Continues } from './continues.tsx';
import { ListProof } from './list-proof.tsx';
import { TakePeriod } from './take-period.tsx';

const READERS_OF_EVERYTHING: readonly string[] = ['auditor', 'operator', 'admin'];
const ENTRIES_SHOWN = 25;

/** The ledger itself: its entries, its lists, and the checkpoints that it published. */
export function LedgerPage({ query: { key, from } }: PageProps) {
  const { role, repositories } = useWho();
  return (
    <Page
      title="Ledger"
      lead="Entries, lists and checkpoints, each with its proof; the proofs are checked in this browser."
    >
      <GoToEntry />
      <Section
        title="Is a list whole?"
        text="The list of an image, run, signer, contract or principal, such as image:sha256:… or trust."
      >
        <AskForList listKey={key} />
      </Section>
      {READERS_OF_EVERYTHING.includes(role) && repositories.includes('*') && (
        <>
          <Section title="Entries" text="The newest of the ledger, or those from a place on.">
            <Entries from={from} />
          </Section>
          <Section
            title="Take a period away"
            text="Every entry of some days, with the proof that they are all, for whoever checks it elsewhere."
          >
            <TakePeriod />
          </Section>
        </>
      )}
      <Section title="Checkpoints" text="One for each batch that was committed. Each continues every earlier one.">
        <Checkpoints />
      </Section>
    </Page>
  );
}

function GoToEntry() {
  const { route } = useLocation();
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const seq = field.current?.value.trim() ?? '';
        if (/^\d{1,16}$/.test(seq)) route(entryAddress(Number(seq)));
      }}
    >
      <label>
        <span>Entry number</span>
        <input ref={field} name="seq" inputMode="numeric" pattern="[0-9]{1,16}" required />
      </label>
      <button type="submit" class="plain">
        Open
      </button>
    </form>
  );
}

function AskForList({ listKey }: { readonly listKey: string | undefined }) {
  const { route } = useLocation();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = field.current?.value.trim() ?? '';
          if (wanted !== '') route(`/console/ledger?key=${encodeURIComponent(wanted)}`);
        }}
      >
        <label class="wide">
          <span>List</span>
          <input
            ref={field}
            name="key"
            key={listKey}
            defaultValue={listKey}
            required
            spellcheck={false}
            autocapitalize="off"
          />
        </label>
        <button type="submit" class="plain">
          Prove it
        </button>
      </form>
      {listKey !== undefined && <ListProof listKey={listKey} />}
    </>
  );
}

/** The newest entries where no place is named: the service lists them in the ledger's order, from a cursor on. */
function Entries({ from }: { readonly from: string | undefined }) {
  const size = useLedgerSize();
  const first = from !== undefined && /^\d{1,16}$/.test(from) ? Number(from) : Math.max(0, (size ?? 0) - ENTRIES_SHOWN);
  const query = { limit: ENTRIES_SHOWN, ...(first === 0 ? {} : { cursor: String(first - 1) }) };
  const answered = useAnswer<PageOf<EntryView>>(size === undefined ? undefined : '/v1/entries', { query });
  return (
    <Answer answered={answered} what="entries">
      {({ items, next }) => (
        <>
          {items.length === 0 ? (
            <Empty title="No entry stands there." />
          ) : (
            <Rows label="Entries">
              {items.toReversed().map(({ entry }) => (
                <Row
                  key={entry.seq}
                  name={<a href={entryAddress(entry.seq)}>{entry.kind}</a>}
                  state={<span class="chip">#{entry.seq}</span>}
                >
                  <Fact name="by">{entry.principal}</Fact>
                  {entry.repository !== undefined && <Fact name="in">{entry.repository}</Fact>}
                  {entry.stage !== undefined && <Fact name="stage">{entry.stage}</Fact>}
                  <Time time={entry.time} />
                </Row>
              ))}
            </Rows>
          )}
          <p class="more">
            {first > 0 && <a href={`/console/ledger?from=${Math.max(0, first - ENTRIES_SHOWN)}`}>Older entries</a>}
            {next !== undefined && <a href={`/console/ledger?from=${first + ENTRIES_SHOWN}`}>Newer entries</a>}
          </p>
        </>
      )}
    </Answer>
  );
}

function Checkpoints() {
  const paged = usePages<CheckpointView>('/log/checkpoints', { limit: 10 });
  return (
    <PagedList paged={paged} what="checkpoints" empty={<Empty title="No checkpoint was published yet." />}>
      {(checkpoints) => (
        <Rows label="Checkpoints">
          {checkpoints.map((checkpoint, index) => (
            <Row
              key={checkpoint.size}
              name={`${checkpoint.size.toLocaleString('en')} entries`}
              state={<Continues earlier={checkpoints[index + 1]} later={checkpoint} />}
            >
              <Fact name="root">
                <span class="mono whole">{checkpoint.root}</span>
              </Fact>
            </Row>
          ))}
        </Rows>
      )}
    </PagedList>
  );
}
