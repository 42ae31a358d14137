import { useState } from 'preact/hooks';
import { changeHeadline } from '../../../../core/control/change-headline.ts';
import type { ProposedChange, SettingsView } from '../../api/changes.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { changeAddress } from '../../page-addresses.ts';
import { useWho } from '../../session/session.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { Answer, Empty } from '../../ui/states.tsx';
import { Until } from '../../ui/until.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { NotLookedThrough, useWaiting } from './use-waiting.tsx';

/** Changes of trust that take two people: those that wait, and whether any do. */
export function ChangesPage() {
  const waiting = useWaiting();
  return (
    <Page
      title="Changes by two people"
      lead="What others trust: contracts, keys, people and tokens. One administrator proposes, another agrees."
    >
      <Answer answered={waiting} what="what waits for a second person">
        {({ changes, goesOn }) =>
          changes.length === 0 ? (
            !goesOn && (
              <Empty title="Nothing waits for a second person.">
                A contract or a revocation is proposed where it is made otherwise; everything else with{' '}
                <code>waybill change propose</code>.
              </Empty>
            )
          ) : (
            <Rows label="Changes that wait">
              {changes.map((change) => (
                <Waiting key={change.proposal} change={change} />
              ))}
            </Rows>
          )
        }
      </Answer>
      <NotLookedThrough waiting={waiting} />
      <DualControl />
    </Page>
  );
}

function Waiting({ change }: { readonly change: ProposedChange }) {
  const { key, proposal, proposedAt, principal } = change;
  return (
    <Row
      name={<a href={changeAddress(proposal)}>{changeHeadline(change, change.document !== undefined)}</a>}
      state={<span class="chip warn">waits for a second person</span>}
    >
      <Fact name="proposed by">{principal}</Fact>
      <Fact name="in the list">
        <span class="mono whole">{key}</span>
      </Fact>
      <Fact name="waits since">
        <Until time={proposedAt} />
      </Fact>
    </Row>
  );
}

/** Whether changes take two people now, and the proposal that they do, or do not any more. */
function DualControl() {
  const { role } = useWho();
  const settings = useAnswer<SettingsView>('/v1/settings', { live: true });
  const [open, setOpen] = useState(false);
  return (
    <Section title="Dual control">
      <Answer answered={settings} what="the settings">
        {({ dualControl }) => (
          <>
            <p>
              {dualControl
                ? 'It is on: what one administrator alone changes of what others trust has no effect.'
                : 'It is off: one administrator alone changes what others trust.'}
            </p>
            {role === 'admin' && (
              <p class="buttons">
                <button type="button" class="plain" onClick={() => setOpen(true)}>
                  {dualControl ? 'Turn it off…' : 'Turn it on…'}
                </button>
              </p>
            )}
            {open && <SettingsDialog turnOn={!dualControl} close={() => setOpen(false)} />}
          </>
        )}
      </Answer>
    </Section>
  );
}
