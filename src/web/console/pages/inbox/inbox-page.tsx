import type { InboxAnswer, InboxItem } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { changeAddress, repositoryAddress, runAddress, signerAddress, waiverAddress } from '../../page-addresses.ts';
import { imageAddress } from '../../ui/digest.tsx';
import { Page } from '../../ui/page.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Until } from '../../ui/until.tsx';

const HEADLINES: Readonly<Record<string, string>> = {
  'break-glass': 'A broken glass',
  'approve-waiver': 'A waiver to approve',
  'confirm-change': 'A change to confirm',
  'image-fails': 'An image that fails',
  'waiver-expires': 'A waiver that ends',
  'run-expires': 'A run that ends',
  'signer-ages': 'A key that ages',
};

/** Where all of a kind are listed. */
const LISTS: Readonly<Record<string, string>> = {
  'break-glass': '/console/waivers?state=break-glass',
  'approve-waiver': '/console/waivers?state=requested',
  'confirm-change': '/console/changes',
  'image-fails': '/console/images?verdict=fail',
  'waiver-expires': '/console/waivers?state=in-force',
  'run-expires': '/console/runs?state=open',
  'signer-ages': '/console/signers',
};

/** What awaits whoever is signed in, what is due first first. */
export function InboxPage() {
  const answered = useAnswer<InboxAnswer>('/v1/inbox', { live: true });
  return (
    <Page title="What awaits you" lead="By your role and within your repositories; what is due first comes first.">
      <Answer answered={answered} what="what awaits you">
        {({ items, more }) =>
          items.length === 0 && more.length === 0 ? (
            <Empty title="Nothing awaits you.">
              Waivers and changes that want a second person, what ends soon, and images whose last recorded verdict
              fails would stand here.
            </Empty>
          ) : (
            <>
              <Rows label="What awaits you">
                {items.map((item) => (
                  <Waiting key={`${item.kind} ${item.seq ?? item.signer}`} item={item} />
                ))}
              </Rows>
              {more.map((kind) => (
                <More key={kind} kind={kind} />
              ))}
            </>
          )
        }
      </Answer>
    </Page>
  );
}

function More({ kind }: { readonly kind: string }) {
  const headline = HEADLINES[kind] ?? kind;
  const list = LISTS[kind];
  return (
    <p class="quiet">
      There is more like “{headline}” than is shown, or may be
      {list !== undefined && (
        <>
          : <a href={list}>all of them</a>
        </>
      )}
      .
    </p>
  );
}

function Waiting({ item }: { readonly item: InboxItem }) {
  const { kind, todo, since, until, repository, environments } = item;
  return (
    <Row
      name={<a href={addressOf(item)}>{HEADLINES[kind] ?? kind}</a>}
      state={
        until === undefined ? (
          <span class="quiet">
            since <Time time={since} />
          </span>
        ) : (
          <b>
            <Until time={until} />
          </b>
        )
      }
    >
      <p>{todo}</p>
      <p class="small">
        {repository !== undefined && (
          <Fact name="in">
            <a href={repositoryAddress(repository)}>{repository}</a>
          </Fact>
        )}
        {environments !== undefined && <Fact name="runs in">{environments.join(', ')}</Fact>}
      </p>
    </Row>
  );
}

/** Where whatever is to be done can be done, or is shown. */
function addressOf({ waiver, run, signer, change, digest, repository, seq }: InboxItem): string {
  if (waiver !== undefined) return waiverAddress(waiver);
  if (run !== undefined) return runAddress(run);
  if (signer !== undefined) return signerAddress(signer);
  if (change !== undefined) return changeAddress(seq ?? 0);
  return digest === undefined ? '/console/' : imageAddress(digest, repository);
}
