import type { SearchAnswer } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { imageAddress } from '../../ui/digest.tsx';
import { Row, Rows } from '../../ui/rows.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** Asked where the digest is in several repositories that the caller may read: custody is that of one. */
export function RepositoryChooser({ digest }: { readonly digest: string }) {
  const answered = useAnswer<SearchAnswer>('/v1/search', { query: { q: digest } });
  return (
    <>
      <p>
        <span class="mono whole">{digest}</span> is in several repositories that you may read. Custody is that of one.
      </p>
      <Answer answered={answered} what="the repositories">
        {({ items, more }) => (
          <>
            <Rows label="Repositories">
              {items.map(
                (hit) =>
                  hit.type === 'image' && (
                    <Row
                      key={hit.repository}
                      name={<a href={imageAddress(digest, hit.repository)}>{hit.repository}</a>}
                    >
                      {hit.signedAt !== undefined && (
                        <>
                          signed <Time time={hit.signedAt} />
                        </>
                      )}
                    </Row>
                  ),
              )}
            </Rows>
            {more.includes('image') && (
              <p class="more">
                There are more: <code>?repository=NAME</code> at the end of the address leads to each.
              </p>
            )}
          </>
        )}
      </Answer>
    </>
  );
}
