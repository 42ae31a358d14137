import { useLocation } from 'preact-iso/router';
import { proposeChange } from '../../api/changes.ts';
import { changeAddress } from '../../page-addresses.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Effect, NothingYet } from '../../ui/effect.tsx';

type Props = { readonly turnOn: boolean; readonly close: () => void };

/** Proposes that changes of trust take two people, or do not any more: that itself always takes two. */
export function SettingsDialog({ turnOn, close }: Props) {
  const { route } = useLocation();
  const propose = async () =>
    route(changeAddress(await proposeChange({ kind: 'settings.changed', body: { dualControl: turnOn } })));
  return (
    <Confirm
      title={turnOn ? 'Propose to turn dual control on?' : 'Propose to turn dual control off?'}
      verb="Propose it"
      act={propose}
      close={close}
    >
      <Effect>
        <ul>
          <NothingYet />
          <SettingsEffect turnOn={turnOn} />
        </ul>
      </Effect>
    </Confirm>
  );
}

/** What follows once two people turned it on or off, as list items. */
export function SettingsEffect({ turnOn }: { readonly turnOn: boolean }) {
  if (!turnOn) return <li>From then on one administrator alone changes contracts, keys, people and tokens.</li>;
  return (
    <>
      <li>
        From then on contracts, keys, administrators, release managers and their tokens are changed by two people, whose
        grants name different persons.
      </li>
      <li>With one such administrator left nothing of this changes any more: a third is wise.</li>
    </>
  );
}
