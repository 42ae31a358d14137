import type { RunView } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { usePages } from '../../api/use-pages.ts';
import { contractAddress, entryAddress, repositoryAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Facts } from '../../ui/facts.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { ListProof } from '../ledger/list-proof.tsx';
import { RunRows } from './run-rows.tsx';

/** One run: what it pinned, how it ended, and the other attempts at its commit. */
export function RunPage({ params }: PageProps) {
  const run = params.run ?? '';
  const answered = useAnswer<RunView>(`/v1/runs/${encodeURIComponent(run)}`, { live: true });
  return (
    <Page title={`Run ${run}`}>
      <Answer answered={answered} what="the run">
        {(view) => (
          <>
            <About run={view} />
            <Section title="Attempts at this commit" text="All of them, this one included, the newest first.">
              <Attempts run={view} />
            </Section>
            <Section
              title="What is filed under it"
              text="The ledger’s proof that these are all entries of the run, checked in this browser."
            >
              <ListProof listKey={`run:${run}`} />
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ run: view }: { readonly run: RunView }) {
  const { repository, commit, attempt, state, openedAt, expiresAt, endedAt, principal, openedSeq } = view;
  return (
    <Facts
      of={[
        ['State', <StateTag key="state" state={state} />],
        [
          'Repository',
          <a key="repository" href={repositoryAddress(repository)}>
            {repository}
          </a>,
        ],
        [
          'Commit',
          <span key="commit" class="mono whole">
            {commit}
          </span>,
        ],
        ['Attempt', String(attempt)],
        [
          'Opened',
          <span key="opened">
            <Time time={openedAt} /> by {principal}, <a href={entryAddress(openedSeq)}>entry {openedSeq}</a>
          </span>,
        ],
        endedAt === undefined
          ? ['Expires', <Time key="expires" time={expiresAt} />]
          : ['Ended', <Time key="ended" time={endedAt} />],
        [
          'Pinned contracts',
          view.contracts.length === 0
            ? 'none applied'
            : view.contracts.map(({ contract, version }) => (
                <a key={contract} class="in-row" href={`${contractAddress(contract)}?version=${version}`}>
                  {contract}, version {version}
                </a>
              )),
        ],
        ['Stages asked for', view.stages.length === 0 ? 'none' : view.stages.join(', ')],
      ]}
    />
  );
}

function Attempts({ run: { repository, commit } }: { readonly run: RunView }) {
  const paged = usePages<RunView>('/v1/runs', { repository, commit });
  return (
    <PagedList paged={paged} what="attempts" empty={undefined}>
      {(runs) => <RunRows runs={runs} />}
    </PagedList>
  );
}
