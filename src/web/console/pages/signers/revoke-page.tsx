import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { shortDigest } from '../../../view/short-digest.ts';
import { call } from '../../api/call.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { signerAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ControlField } from '../../ui/control-field.tsx';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Time, timeInWords } from '../../ui/time.tsx';

type Resting = {
  readonly subject: string;
  readonly repository: string;
  readonly stage?: string;
  readonly seq: number;
  readonly time: string;
  readonly releases: readonly { readonly environment: string; readonly state: string }[];
};
type Impact = {
  readonly signers: readonly string[];
  readonly since: string;
  readonly items: readonly Resting[];
  readonly next?: string;
};

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Revokes a key, after everything was shown that stops counting by it. */
export function RevokePage({ params }: PageProps) {
  const signer = params.signer ?? '';
  const { route } = useLocation();
  const [day, setDay] = useState('');
  const [open, setOpen] = useState(false);
  const [control, setControl] = useState('');
  const isDay = DAY.test(day) && !Number.isNaN(Date.parse(day));
  const since = isDay ? `${day}T00:00:00.000Z` : undefined;
  const query = { since: since ?? new Date().toISOString(), limit: 200 };
  // From now on nothing that is there stops counting: there is nothing to ask for.
  const address = since === undefined ? undefined : `/v1/signers/${encodeURIComponent(signer)}/impact`;
  const impact = useAnswer<Impact>(address, { query: since === undefined ? {} : query });
  const revoke = async () => {
    const body = { ...(since === undefined ? {} : { effective: since }), ...(control === '' ? {} : { control }) };
    await call('POST', `/v1/signers/${encodeURIComponent(signer)}/revoke`, { body });
    route(signerAddress(signer));
  };
  return (
    <Page title="Revoke a signer" lead={<Digest digest={signer} />}>
      <section class="card pad form-card">
        <label for="revoked-from">From when on</label>
        <input
          id="revoked-from"
          type="date"
          value={day}
          aria-describedby="revoked-from-help"
          onInput={({ currentTarget }) => setDay(currentTarget.value)}
        />
        <p class="quiet small" id="revoked-from-help">
          The day from which on the key may have been somebody else’s, in UTC. Empty: from now on, so that everything
          that it signed so far goes on to count. It may be moved earlier afterwards, and never later.
        </p>
        <button type="button" class="danger" onClick={() => setOpen(true)}>
          Revoke…
        </button>
      </section>
      {since === undefined ? (
        <Section title="What it changes">
          <p>What the key signs from now on is refused. Nothing that is recorded stops counting.</p>
        </Section>
      ) : (
        <Section title="What it changes" text={`What would not count any more, since ${timeInWords(since)}.`}>
          <Answer answered={impact} what="what rests on the key">
            {(value) => <ImpactList impact={value} />}
          </Answer>
        </Section>
      )}
      {open && (
        <Confirm title="Revoke this key?" verb="Revoke it" danger act={revoke} close={() => setOpen(false)}>
          <div class="effect">
            <p>
              <b>What it changes</b>
            </p>
            <ul>
              <li>
                The key <code>{shortDigest(signer)}</code> counts no more,{' '}
                {since === undefined ? 'from now on' : `from ${timeInWords(since)} on`}.
              </li>
              {impact.value !== undefined && since !== undefined && <li>{countWords(impact.value)}</li>}
              <li>It is never taken back. What is attested again with another key counts again.</li>
            </ul>
          </div>
          <ControlField value={control} onInput={setControl} />
        </Confirm>
      )}
    </Page>
  );
}

function countWords({ items, next, signers }: Impact): string {
  const images = new Set(items.map(({ subject }) => subject)).size;
  const running = items.filter(({ releases }) => releases.some(({ state }) => state === 'current')).length;
  const more = next === undefined ? '' : 'more than ';
  const followers = signers.length > 1 ? ` It takes ${signers.length - 1} that followed it by rotation with it.` : '';
  return `${more}${items.length} entries of ${images} images and commits stop counting; ${running} of them are of images that are released somewhere now.${followers}`;
}

function ImpactList({ impact }: { readonly impact: Impact }) {
  const { items, next } = impact;
  if (items.length === 0) return <Empty title="Nothing rests on it since then, where you may read." />;
  return (
    <>
      <p>
        <b>{countWords(impact)}</b>
      </p>
      <ul class="rows card body">
        {items.slice(0, 50).map(({ subject, repository, stage, seq, time, releases }) => (
          <li key={`${seq} ${subject}`}>
            <div>
              {subject.startsWith('sha256:') ? (
                <Digest digest={subject} href={imageAddress(subject, repository)} />
              ) : (
                <span class="mono">{subject}</span>
              )}
              <p class="small quiet">
                {stage ?? 'signature'} of {repository} · entry #{seq} · <Time time={time} />
              </p>
            </div>
            {releases.some(({ state }) => state === 'current') && <span class="chip fail">released now</span>}
          </li>
        ))}
      </ul>
      {(items.length > 50 || next !== undefined) && (
        <p class="more quiet">
          And more: <code>waybill signer impact</code> lists all of it.
        </p>
      )}
    </>
  );
}
