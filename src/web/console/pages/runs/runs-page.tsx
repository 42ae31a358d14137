import type { RunView } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import type { PageProps } from '../../page-props.ts';
import { FilterForm } from '../../ui/filter-form.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Empty } from '../../ui/states.tsx';
import { RunRows } from './run-rows.tsx';

const STATES = [
  ['', 'in any state'],
  ['open', 'open'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['expired', 'expired'],
] as const;

/** Runs, newest first: how each ended, and which attempt at its commit it was. */
export function RunsPage({ query: { repository, commit, state } }: PageProps) {
  const paged = usePages<RunView>('/v1/runs', { repository, commit, state });
  return (
    <Page
      title="Runs"
      lead="Every run that was opened is closed or expires, and every attempt at a commit stays visible."
    >
      <FilterForm
        path="/console/runs"
        fields={[
          { name: 'repository', label: 'Repository', value: repository },
          { name: 'commit', label: 'Commit', value: commit },
          { name: 'state', label: 'State', value: state, choices: STATES },
        ]}
      />
      <PagedList
        paged={paged}
        what="runs"
        empty={
          <Empty title="There is no such run.">
            A pipeline opens one with <code>waybill run open</code>, or around all of it with{' '}
            <code>waybill run exec</code>.
          </Empty>
        }
      >
        {(runs) => <RunRows runs={runs} />}
      </PagedList>
    </Page>
  );
}
