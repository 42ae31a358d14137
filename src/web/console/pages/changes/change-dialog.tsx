import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { proposeChange, type SettingsView, waitingChanges } from '../../api/changes.ts';
import { type Answered, useAnswer, useAsked } from '../../api/use-answer.ts';
import { changeAddress } from '../../page-addresses.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ControlField } from '../../ui/control-field.tsx';
import { Effect, NothingYet } from '../../ui/effect.tsx';
import { ProblemNote } from '../../ui/states.tsx';
import type { Change } from '../../verify/read-change.ts';

type Props = {
  /** What is done, as a verb and its object: `Publish shop`. */
  readonly title: string;
  /** On the button that does it: `Publish it`. */
  readonly verb: string;
  /** The list that it changes, and what is proposed for it where that takes two. */
  readonly list: string;
  readonly change: Change;
  readonly danger?: boolean;
  /** Does it alone, with the agreement of control keys where one was given. */
  readonly act: (control: string | undefined) => Promise<void>;
  readonly close: () => void;
  /** What it changes, as list items. */
  readonly children: ComponentChildren;
};

/** Asks before a change of trust. Where dual control is on it is proposed, and another person makes it. */
export function ChangeDialog({ title, verb, list, change, danger = false, act, close, children }: Props) {
  const { route } = useLocation();
  const [control, setControl] = useState('');
  const settings = useAnswer<SettingsView>('/v1/settings');
  const takesTwo = settings.value?.dualControl === true;
  const propose = async () => route(changeAddress(await proposeChange(change)));
  return (
    <Confirm
      title={takesTwo ? `Propose this: ${title}?` : `${title}?`}
      verb={takesTwo ? 'Propose it' : verb}
      ready={settings.value !== undefined}
      danger={danger && !takesTwo}
      act={takesTwo ? propose : () => act(control === '' ? undefined : control)}
      close={close}
    >
      <Effect>
        <ul>
          {takesTwo && <NothingYet />}
          {takesTwo && <TakesPlaceOf list={list} />}
          {children}
        </ul>
      </Effect>
      <NotKnown settings={settings} />
      {!takesTwo && <ControlField value={control} onInput={setControl} />}
    </Confirm>
  );
}

function NotKnown({ settings: { value, problem, reload } }: { readonly settings: Answered<SettingsView> }) {
  return value === undefined && problem !== undefined ? <ProblemNote problem={problem} retry={reload} /> : null;
}

/** Of two proposals for one list only the later one can still be made. */
function TakesPlaceOf({ list }: { readonly list: string }) {
  const waiting = useAsked(`waiting ${list}`, false, (signal) => waitingChanges({ signal }));
  const pushed = waiting.value?.changes.find(({ key }) => key === list);
  if (pushed === undefined && waiting.value?.goesOn === true)
    return (
      <li>
        Whether it takes the place of another proposal was not looked through to the end:{' '}
        <code>waybill change list</code> shows all.
      </li>
    );
  if (pushed === undefined) return null;
  return (
    <li>
      It takes the place of{' '}
      <a href={changeAddress(pushed.proposal)}>what {pushed.principal} proposed for the same, which waits</a>.
    </li>
  );
}
