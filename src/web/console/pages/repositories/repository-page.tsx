import type { TrendPoint } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import type { PageProps } from '../../page-props.ts';
import { bytesInWords } from '../../ui/bytes-in-words.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { RecordedVerdict } from '../../ui/recorded-verdict.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { seriesOf } from './series.ts';
import { TrendChart } from './trend-chart.tsx';

/** The images of a repository, and how what is stated of them went. */
export function RepositoryPage({ params }: PageProps) {
  const repository = decodeURIComponent(params.repository ?? '');
  const paged = usePages<TrendPoint>('/v1/repositories/trend', { repository });
  const query = `repository=${encodeURIComponent(repository)}`;
  return (
    <Page
      title={repository}
      lead="What is stated of its images, the newest first. What nothing states is missing, and never zero."
      actions={
        <>
          <a class="button plain" href={`/console/runs?${query}`}>
            Runs
          </a>
          <a class="button plain" href={`/console/waivers?${query}`}>
            Waivers
          </a>
        </>
      }
    >
      <PagedList
        paged={paged}
        what="images"
        empty={<Empty title="No image was signed here.">Or you may not read this repository.</Empty>}
      >
        {(points) => (
          <>
            <Section title="Trends" text="The oldest image that is shown stands on the left, the newest on the right.">
              <div class="trends">
                {seriesOf(points).map((series) => (
                  <TrendChart key={series.title} series={series} />
                ))}
              </div>
            </Section>
            <Section title="Images">
              <Images points={points} repository={repository} />
            </Section>
          </>
        )}
      </PagedList>
    </Page>
  );
}

function Images({ points, repository }: { readonly points: readonly TrendPoint[]; readonly repository: string }) {
  return (
    <Scrolled label="Images and their numbers">
      <table>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Signed</th>
            <th scope="col">Verdict</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Components
            </th>
            <th scope="col" class="number">
              Critical
            </th>
            <th scope="col" class="number">
              High
            </th>
            <th scope="col" class="number">
              All vulnerabilities
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <ImageRow key={point.seq} point={point} repository={repository} />
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function ImageRow({ point, repository }: { readonly point: TrendPoint; readonly repository: string }) {
  const { digest, signedAt, verdict, entriesSince, retired, facts, fault, intact } = point;
  const { bytes, components, vulnerabilities } = facts ?? {};
  const numbers = [
    bytes === undefined ? undefined : bytesInWords(bytes),
    components,
    vulnerabilities?.critical,
    vulnerabilities?.high,
    vulnerabilities?.total,
  ];
  return (
    <tr>
      <th scope="row">
        <Digest digest={digest} href={imageAddress(digest, repository)} />
      </th>
      <td>
        <Time time={signedAt} />
      </td>
      <td>
        <RecordedVerdict verdict={verdict} entriesSince={entriesSince} retired={retired} />
      </td>
      {fault === undefined && intact !== false ? (
        numbers.map((number, index) => (
          <td key={index} class="number">
            {number === undefined ? <span class="quiet">not stated</span> : number.toLocaleString('en')}
          </td>
        ))
      ) : (
        <td colSpan={numbers.length}>
          {fault === undefined ? 'Its evidence does not hold together: open it.' : `Not read: ${fault}`}
        </td>
      )}
    </tr>
  );
}
