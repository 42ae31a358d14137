import type { ContractView } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import { contractAddress } from '../../page-addresses.ts';
import { useWho } from '../../session/session.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Empty } from '../../ui/states.tsx';
import { Until } from '../../ui/until.tsx';

/** What images are held to. */
export function ContractsPage() {
  const { role } = useWho();
  const paged = usePages<ContractView>('/v1/contracts');
  return (
    <Page
      title="Contracts"
      lead="What images of which repositories are held to. Every version stays on the ledger."
      actions={
        role === 'admin' && (
          <a class="button plain" href="/console/publish">
            Publish a contract
          </a>
        )
      }
    >
      <PagedList
        paged={paged}
        what="contracts"
        empty={
          <Empty title="No contract was published.">
            Until one covers a repository its images are unjudged: <code>waybill contract init</code> drafts one.
          </Empty>
        }
      >
        {(contracts) => (
          <Rows label="Contracts">
            {contracts.map((contract) => (
              <Contract key={contract.contract} of={contract} />
            ))}
          </Rows>
        )}
      </PagedList>
    </Page>
  );
}

function Contract({ of: { contract, version, publishedAt, withdrawn, document } }: { readonly of: ContractView }) {
  const { repositories = [] } = document as { readonly repositories?: readonly string[] };
  return (
    <Row
      name={<a href={contractAddress(contract)}>{contract}</a>}
      state={withdrawn ? <StateTag state="withdrawn" /> : <span class="chip">version {version}</span>}
    >
      <Fact name="covers">{repositories.join(', ')}</Fact>
      <Fact name="published">
        <Until time={publishedAt} />
      </Fact>
    </Row>
  );
}
