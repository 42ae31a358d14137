import { useState } from 'preact/hooks';
import type { Waiver } from '../../../../../core/custody/check-waivers.ts';
import { call } from '../../../api/call.ts';
import { useWho } from '../../../session/session.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Effect } from '../../../ui/effect.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Judged } from '../../../verify/judged.ts';

type Props = { readonly judged: Judged; readonly done: () => void };

/** Waivers of this image that wait for a second person, and those that can be taken back. */
export function OpenWaivers({ judged, done }: Props) {
  const [asked, setAsked] = useState<{ readonly waiver: Waiver; readonly verb: 'approve' | 'revoke' }>();
  const open = judged.result.waivers.filter(({ awaitsApproval, inForce }) => awaitsApproval === true || inForce);
  if (open.length === 0) return null;
  return (
    <section class="part" aria-labelledby="open-waivers">
      <h2 id="open-waivers">Open waivers</h2>
      <ul class="rows card body">
        {open.map((waiver) => (
          <OpenWaiver key={waiver.waiver} waiver={waiver} ask={(verb) => setAsked({ waiver, verb })} />
        ))}
      </ul>
      {asked !== undefined && <Decide {...asked} done={done} close={() => setAsked(undefined)} />}
    </section>
  );
}

function OpenWaiver({ waiver, ask }: { readonly waiver: Waiver; readonly ask: (verb: 'approve' | 'revoke') => void }) {
  const { person, principal } = useWho();
  const { requested, reason, awaitsApproval, expires } = waiver;
  const isOwn = requested.principal === principal || (person !== undefined && requested.person === person);
  const canApprove = awaitsApproval === true && !isOwn;
  return (
    <li>
      <div>
        <b>{whatOf(waiver)}</b>
        {reason !== undefined && <p>“{reason}”</p>}
        <p class="small quiet">
          Asked for by {requested.person ?? requested.principal}, until <Time time={expires} />
          {awaitsApproval === true && (isOwn ? ' · waits for somebody other than you' : ' · waits for a second person')}
        </p>
      </div>
      <div class="buttons">
        {canApprove && (
          <button type="button" onClick={() => ask('approve')}>
            Approve
          </button>
        )}
        <button type="button" class="plain" onClick={() => ask('revoke')}>
          Revoke
        </button>
      </div>
    </li>
  );
}

type DecideProps = {
  readonly waiver: Waiver;
  readonly verb: 'approve' | 'revoke';
  readonly done: () => void;
  readonly close: () => void;
};

function Decide({ waiver, verb, done, close }: DecideProps) {
  const act = async () => {
    await call('POST', `/v1/waivers/${waiver.waiver}/${verb}`);
    done();
  };
  const approves = verb === 'approve';
  return (
    <Confirm
      title={approves ? 'Approve this waiver?' : 'Revoke this waiver?'}
      verb={approves ? 'Approve it' : 'Revoke it'}
      danger={!approves}
      act={act}
      close={close}
    >
      <Effect>
        <ul>
          <li>{whatOf(waiver)}</li>
          {waiver.reason !== undefined && <li>Asked for because: “{waiver.reason}”</li>}
          {approves ? (
            <>
              <li>
                The check is exempted for this image at once, until <Time time={waiver.expires} />, and the gate answers
                by it.
              </li>
              <li>You stand for it as the second person, by name and for good. You must not have built this image.</li>
            </>
          ) : (
            <li>
              The check counts again at once, and the gate answers by it. A revoked waiver is never taken up again.
            </li>
          )}
        </ul>
      </Effect>
    </Confirm>
  );
}

function whatOf({ contract, check, stage, rule }: Waiver): string {
  return `Contract ${contract}: ${[check, stage, rule].filter(Boolean).join(' ')}`;
}
