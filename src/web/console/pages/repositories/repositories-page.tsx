import type { RepositoryView } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import { repositoryAddress } from '../../page-addresses.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { RecordedVerdict } from '../../ui/recorded-verdict.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { Empty } from '../../ui/states.tsx';
import { Until } from '../../ui/until.tsx';

/** From how many images on they are not counted any more. */
const COUNTED_MAX = 1_000;

/** Repositories by name, and what was last done in each. */
export function RepositoriesPage() {
  const paged = usePages<RepositoryView>('/v1/repositories');
  return (
    <Page title="Repositories" lead="Those that you may read, by name.">
      <PagedList
        paged={paged}
        what="repositories"
        empty={
          <Empty title="There is no repository that you may read.">
            One stands here as soon as an image is signed in it, or a run is opened.
          </Empty>
        }
      >
        {(items) => (
          <Rows label="Repositories">
            {items.map((item) => (
              <Repository key={item.repository} item={item} />
            ))}
          </Rows>
        )}
      </PagedList>
    </Page>
  );
}

function Repository({ item: { repository, images, activeAt, newest, verdict } }: { readonly item: RepositoryView }) {
  return (
    <Row
      name={<a href={repositoryAddress(repository)}>{repository}</a>}
      state={
        <RecordedVerdict verdict={verdict?.verdict} entriesSince={verdict?.entriesSince} retired={verdict?.retired} />
      }
    >
      <Fact name={images === 1 ? 'image' : 'images'}>
        {images >= COUNTED_MAX ? `${COUNTED_MAX.toLocaleString('en')} or more` : images}
      </Fact>
      {newest !== undefined && (
        <Fact name="newest">
          <Digest digest={newest.digest} href={imageAddress(newest.digest, repository)} />
        </Fact>
      )}
      {activeAt !== undefined && (
        <Fact name="last active">
          <Until time={activeAt} />
        </Fact>
      )}
    </Row>
  );
}
