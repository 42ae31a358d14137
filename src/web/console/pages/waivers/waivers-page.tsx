import { useMemo } from 'preact/hooks';
import type { WaiverView } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import type { PageProps } from '../../page-props.ts';
import { FilterForm } from '../../ui/filter-form.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Empty } from '../../ui/states.tsx';
import { WaiverRows } from './waiver-rows.tsx';

const STATES = [
  ['', 'in any state'],
  ['requested', 'waiting for a second person'],
  ['break-glass', 'in force by break-glass'],
  ['in-force', 'in force'],
  ['lapsed', 'lapsed'],
  ['expired', 'expired'],
  ['revoked', 'revoked'],
] as const;

const DAYS_AHEAD = 14;

/** Waivers: first those in force that end soon, then all. */
export function WaiversPage({ query: { repository, state } }: PageProps) {
  return (
    <Page title="Waivers" lead="Exemptions for a time, by two people. Whether one exempts anything, a verdict says.">
      {state === undefined && <EndingSoon repository={repository} />}
      <Section title={state === undefined ? 'All waivers' : 'Waivers'}>
        <FilterForm
          path="/console/waivers"
          fields={[
            { name: 'repository', label: 'Repository', value: repository },
            { name: 'state', label: 'State', value: state, choices: STATES },
          ]}
        />
        <AllWaivers repository={repository} state={state} />
      </Section>
    </Page>
  );
}

function EndingSoon({ repository }: { readonly repository: string | undefined }) {
  // Fixed for the page, so that the question stays the same while it is shown.
  const expiresBefore = useMemo(() => new Date(Date.now() + DAYS_AHEAD * 86_400_000).toISOString(), []);
  const paged = usePages<WaiverView>('/v1/waivers', { repository, state: 'in-force', expiresBefore });
  return (
    <Section
      title="Ending soon"
      text={`In force, and only for the next ${DAYS_AHEAD} days: from then on their checks fail again.`}
    >
      <PagedList paged={paged} what="waivers that end soon" empty={<Empty title="None ends soon." />}>
        {(waivers) => (
          <WaiverRows
            label="Waivers that end soon"
            waivers={waivers.toSorted((a, b) => a.expires.localeCompare(b.expires, 'en'))}
          />
        )}
      </PagedList>
    </Section>
  );
}

function AllWaivers({
  repository,
  state,
}: {
  readonly repository: string | undefined;
  readonly state: string | undefined;
}) {
  const paged = usePages<WaiverView>('/v1/waivers', { repository, state });
  return (
    <PagedList
      paged={paged}
      what="waivers"
      empty={
        <Empty title="There is no such waiver.">
          A release manager asks for one on the page of an image, or with <code>waybill waiver request</code>.
        </Empty>
      }
    >
      {(waivers) => <WaiverRows label="Waivers" waivers={waivers} />}
    </PagedList>
  );
}
