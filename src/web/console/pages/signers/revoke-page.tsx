import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { shortDigest } from '../../../view/short-digest.ts';
import { call } from '../../api/call.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { signerAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Digest } from '../../ui/digest.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Answer } from '../../ui/states.tsx';
import { timeInWords } from '../../ui/time.tsx';
import { ChangeDialog } from '../changes/change-dialog.tsx';
import { countWords, type Impact, ImpactList, impactAddress } from './impact.tsx';

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Revokes a key, after everything was shown that stops counting by it. */
export function RevokePage({ params }: PageProps) {
  const signer = params.signer ?? '';
  const { route } = useLocation();
  const [day, setDay] = useState('');
  /** When the dialog was opened: “now” is then for whoever proposes it. */
  const [opened, setOpened] = useState<string>();
  const isDay = DAY.test(day) && !Number.isNaN(Date.parse(day));
  const since = isDay ? `${day}T00:00:00.000Z` : undefined;
  // From now on nothing that is there stops counting: there is nothing to ask for.
  const address = since === undefined ? undefined : impactAddress(signer);
  const impact = useAnswer<Impact>(address, { query: { since, limit: 200 } });
  const revoke = async (control: string | undefined) => {
    const body = { effective: since, control };
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
        <button type="button" class="danger" onClick={() => setOpened(new Date().toISOString())}>
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
      {opened !== undefined && (
        <ChangeDialog
          title="Revoke this key"
          verb="Revoke it"
          list={`signer:${signer}`}
          change={{ kind: 'signer.revoked', body: { signer, effective: since ?? opened } }}
          danger
          act={revoke}
          close={() => setOpened(undefined)}
        >
          <li>
            The key <code>{shortDigest(signer)}</code> counts no more,{' '}
            {since === undefined ? 'from now on' : `from ${timeInWords(since)} on`}.
          </li>
          {impact.value !== undefined && since !== undefined && <li>{countWords(impact.value)}</li>}
          <li>It is never taken back. What is attested again with another key counts again.</li>
        </ChangeDialog>
      )}
    </Page>
  );
}
