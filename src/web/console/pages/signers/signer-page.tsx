import type { ImpactItem, SignerView } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { usePages } from '../../api/use-pages.ts';
import { entryAddress, signerAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { useWho } from '../../session/session.tsx';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Facts } from '../../ui/facts.tsx';
import { FilterForm } from '../../ui/filter-form.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { AgeBar } from './age-bar.tsx';
import { signerName, signerScope } from './signer-name.ts';

/** One key: where it counts, how old it is, and what rests on it. */
export function SignerPage({ params, query }: PageProps) {
  const signer = params.signer ?? '';
  const { role } = useWho();
  const answered = useAnswer<SignerView>(`/v1/signers/${encodeURIComponent(signer)}`, { live: true });
  return (
    <Page
      title={answered.value === undefined ? 'Signer' : signerName(answered.value)}
      actions={
        role === 'admin' && (
          <a class="button plain" href={`${signerAddress(signer)}/revoke`}>
            Revoke it…
          </a>
        )
      }
    >
      <Answer answered={answered} what="the signer">
        {(view) => (
          <>
            <About signer={view} />
            <Section title="Age">
              <AgeBar signer={view} />
            </Section>
            <Section
              title="What rests on it"
              text="Every image and commit that it signed something of, within your repositories, and where it runs since. Of a key that was revoked, whether each still counts."
            >
              <Impact signer={view} since={query.since} />
            </Section>
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ signer: view }: { readonly signer: SignerView }) {
  const { signer, algorithm, state, registeredAt, revokedFrom, follows, successor } = view;
  return (
    <Facts
      of={[
        ['State', <StateTag key="state" state={state} />],
        [
          'Id',
          <span key="id" class="mono whole">
            {signer}
          </span>,
        ],
        ['Algorithm', algorithm],
        [view.use === 'attest' ? 'Attests' : 'Belongs to', signerScope(view)],
        ['Registered', <Time key="registered" time={registeredAt} />],
        ['Revoked from', revokedFrom === undefined ? undefined : <Time key="revoked" time={revokedFrom} />],
        ['Follows', follows === undefined ? undefined : <OtherKey key="follows" signer={follows} />],
        ['Followed by', successor === undefined ? undefined : <OtherKey key="successor" signer={successor} />],
      ]}
    />
  );
}

function OtherKey({ signer }: { readonly signer: string }) {
  return (
    <a class="mono" href={signerAddress(signer)}>
      {signer.slice(0, 16)}…
    </a>
  );
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}\.\d{3}Z)?$/;

type ImpactProps = { readonly signer: SignerView; readonly since: string | undefined };

function Impact({ signer: { signer, revokedFrom }, since }: ImpactProps) {
  const wanted = since !== undefined && TIME.test(since) ? since : undefined;
  const from = wanted?.length === 10 ? `${wanted}T00:00:00.000Z` : wanted;
  const paged = usePages<ImpactItem>(`/v1/signers/${encodeURIComponent(signer)}/impact`, { since: from });
  return (
    <>
      <FilterForm
        path={signerAddress(signer)}
        fields={[{ name: 'since', label: 'Since, such as 2026-01-31 (UTC)', value: since }]}
      />
      {since !== undefined && since !== '' && wanted === undefined && (
        <p class="complaint" role="alert">
          That is no day in the form 2026-01-31; everything is shown.
        </p>
      )}
      <PagedList paged={paged} what="entries" empty={<Empty title="Nothing rests on it where you may read." />}>
        {(items) => (
          <Rows label="What rests on it">
            {items.map((item) => (
              <Resting key={`${item.seq} ${item.subject}`} item={item} revoked={revokedFrom !== undefined} />
            ))}
          </Rows>
        )}
      </PagedList>
    </>
  );
}

function Resting({ item, revoked }: { readonly item: ImpactItem; readonly revoked: boolean }) {
  const { subject, repository, stage, seq, time, saved, releases } = item;
  const current = releases.filter(({ state }) => state === 'current').map(({ environment }) => environment);
  return (
    <Row
      name={
        subject.startsWith('sha256:') ? (
          <Digest digest={subject} href={imageAddress(subject, repository)} />
        ) : (
          <span class="mono whole">{subject}</span>
        )
      }
      state={
        revoked && <span class={`chip ${saved ? 'pass' : 'fail'}`}>{saved ? 'counts still' : 'counts no more'}</span>
      }
    >
      <Fact name={stage ?? 'signature'}>of {repository}</Fact>
      <Fact name="recorded">
        <Time time={time} />, <a href={entryAddress(seq)}>entry {seq}</a>
      </Fact>
      {current.length > 0 && <Fact name="runs in">{current.join(', ')}</Fact>}
    </Row>
  );
}
