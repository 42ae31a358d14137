import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Act } from '../../api/answers.ts';
import { call } from '../../api/call.ts';
import type { WaiverView } from '../../api/found.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { contractAddress, entryAddress, repositoryAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { useWho } from '../../session/session.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Page } from '../../ui/page.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { scopeInWords } from './waiver-rows.tsx';

const DECIDING: readonly string[] = ['release-manager', 'admin'];
const UNDECIDED: readonly string[] = ['requested', 'break-glass'];
const STANDING: readonly string[] = ['requested', 'break-glass', 'in-force'];

/** One waiver: what it exempts, why, who asked and who agreed, and what may be done about it. */
export function WaiverPage({ params }: PageProps) {
  const waiver = params.waiver ?? '';
  const answered = useAnswer<WaiverView>(`/v1/waivers/${encodeURIComponent(waiver)}`, { live: true });
  return (
    <Page title="Waiver" lead={<span class="mono">{waiver}</span>}>
      <Answer answered={answered} what="the waiver">
        {(view) => (
          <>
            <About waiver={view} />
            <Decisions waiver={view} done={answered.reload} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ waiver: view }: { readonly waiver: WaiverView }) {
  const {
    state,
    repository,
    digest,
    contract,
    expires,
    breakGlass,
    approveBefore,
    reason,
    requested,
    approved,
    revoked,
  } = view;
  return (
    <Facts
      of={[
        ['State', <StateTag key="state" state={state} />],
        ['Exempts', scopeInWords(view)],
        [
          'Reason',
          reason === undefined ? (
            <i key="reason">erased</i>
          ) : (
            <span key="reason" class="written">
              {reason}
            </span>
          ),
        ],
        ['Image', <Digest key="image" digest={digest} href={imageAddress(digest, repository)} />],
        [
          'Repository',
          <a key="repository" href={repositoryAddress(repository)}>
            {repository}
          </a>,
        ],
        [
          'Contract',
          <a key="contract" href={contractAddress(contract)}>
            {contract}
          </a>,
        ],
        [revoked === undefined ? 'Ends' : 'Was to end', <Time key="ends" time={expires} />],
        ['Asked for', actInWords(requested)],
        ['Second person', approved === undefined ? secondPerson(breakGlass, approveBefore) : actInWords(approved)],
        ['Revoked', revoked === undefined ? undefined : actInWords(revoked)],
      ]}
    />
  );
}

function secondPerson(breakGlass: boolean, approveBefore: string | undefined): ComponentChildren {
  if (!breakGlass || approveBefore === undefined) return 'none yet: it exempts nothing';
  return (
    <>
      none: in force without one until <Time time={approveBefore} />
    </>
  );
}

function actInWords({ principal, time, seq }: Act): ComponentChildren {
  return (
    <>
      by {principal}, <Time time={time} />, <a href={entryAddress(seq)}>entry {seq}</a>
    </>
  );
}

/** Approve and revoke, for those whose role lets them try; whether they may, the service says. */
function Decisions({ waiver: view, done }: { readonly waiver: WaiverView; readonly done: () => void }) {
  const { role } = useWho();
  const [wanted, setWanted] = useState<'approve' | 'revoke'>();
  const { waiver, state } = view;
  if (!DECIDING.includes(role) || !STANDING.includes(state)) return null;
  const post = async (decision: 'approve' | 'revoke') => {
    await call('POST', `/v1/waivers/${encodeURIComponent(waiver)}/${decision}`);
    done();
  };
  return (
    <div class="decisions">
      {UNDECIDED.includes(state) && (
        <button type="button" onClick={() => setWanted('approve')}>
          Approve it
        </button>
      )}
      <button type="button" class="plain" onClick={() => setWanted('revoke')}>
        Revoke it
      </button>
      {wanted === 'approve' && (
        <Confirm
          title="Approve this waiver?"
          verb="Approve"
          act={() => post('approve')}
          close={() => setWanted(undefined)}
        >
          <p>
            You speak as the second person: you neither asked for it nor built what it exempts. Until{' '}
            <Time time={view.expires} /> the image passes without {scopeInWords(view)}.
          </p>
        </Confirm>
      )}
      {wanted === 'revoke' && (
        <Confirm
          title="Revoke this waiver?"
          verb="Revoke"
          danger
          act={() => post('revoke')}
          close={() => setWanted(undefined)}
        >
          <p>It exempts nothing from now on, wherever the image runs, and is never in force again.</p>
        </Confirm>
      )}
    </div>
  );
}
