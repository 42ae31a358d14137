import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ProposedChange } from '../../api/changes.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useWho } from '../../session/session.tsx';
import { Section } from '../../ui/page.tsx';
import { Answer, Loading, ProblemNote } from '../../ui/states.tsx';
import type { ChangeShown } from '../../verify/read-change.ts';
import { ContractEffect, ContractEffectLines, isGrave } from '../contracts/contract-effect.tsx';
import { usePlan } from '../contracts/use-plan.ts';
import { countWords, type Impact, ImpactList, impactAddress } from '../signers/impact.tsx';
import { AgreeDialog, afterwards } from './agree-dialog.tsx';
import { SettingsEffect } from './settings-dialog.tsx';

type Props = { readonly change: ProposedChange; readonly shown: ChangeShown };

/** What the change does, found out now, and below it the button for whoever may be the second person. */
export function Agree({ change, shown }: Props) {
  if (change.kind === 'contract.published') return <AgreeToContract change={change} shown={shown} />;
  if (change.kind === 'signer.revoked') return <AgreeToRevocation change={change} shown={shown} />;
  const lines =
    change.kind === 'settings.changed' ? (
      <SettingsEffect turnOn={change.body.dualControl === true} />
    ) : (
      <li>{shown.headline}</li>
    );
  return <Decide change={change} shown={shown} lines={lines} />;
}

function AgreeToContract({ change, shown }: Props) {
  const { plan, problem, doing, look } = usePlan();
  const { document } = shown;
  const find = () => void (document !== undefined && look(async () => document));
  useEffect(find, [change.proposal]);
  if (problem !== undefined) return <ProblemNote problem={problem} retry={find} />;
  if (plan === undefined) return <Loading what={`what it changes: ${doing ?? ''}`} />;
  return (
    <>
      <ContractEffect plan={plan} />
      <Decide change={change} shown={shown} danger={isGrave(plan)} lines={<ContractEffectLines plan={plan} />} />
    </>
  );
}

function AgreeToRevocation({ change, shown }: Props) {
  const { signer, effective } = change.body;
  const impact = useAnswer<Impact>(impactAddress(String(signer)), { query: { since: String(effective), limit: 200 } });
  return (
    <>
      <Section title="What it changes" text="What would not count any more.">
        <Answer answered={impact} what="what rests on the key">
          {(value) => <ImpactList impact={value} />}
        </Answer>
      </Section>
      {impact.value !== undefined && (
        <Decide change={change} shown={shown} danger lines={<li>{countWords(impact.value)}</li>} />
      )}
    </>
  );
}

type DecideProps = Props & {
  /** What it changes, as list items. */
  readonly lines: ComponentChildren;
  readonly danger?: boolean;
};

/** Who may agree is told by role and person; the service says it again. */
function Decide({ change, shown, lines, danger = false }: DecideProps) {
  const { route } = useLocation();
  const { principal, person, role } = useWho();
  const [open, setOpen] = useState(false);
  const isOwn = change.principal === principal || (person !== undefined && change.person === person);
  if (role !== 'admin') return <p class="notice">It waits for an administrator.</p>;
  if (isOwn) return <p class="notice">You proposed it: it waits for another administrator than you.</p>;
  if (person === undefined)
    return <p class="notice">Your grant names no person, so that you cannot be the second one.</p>;
  if (shown.request === undefined)
    return (
      <p class="notice">
        <span>
          What comes of it is a token, which no session of a browser makes:{' '}
          <code>
            waybill change approve {change.key} {change.proposal}
          </code>
        </span>
      </p>
    );
  return (
    <Fragment>
      <p class="buttons">
        <button type="button" class={danger ? 'danger' : ''} onClick={() => setOpen(true)}>
          Agree…
        </button>
      </p>
      {open && (
        <AgreeDialog
          change={change}
          request={shown.request}
          headline={shown.headline}
          danger={danger}
          done={() => route(afterwards(change))}
          close={() => setOpen(false)}
        >
          {lines}
        </AgreeDialog>
      )}
    </Fragment>
  );
}
