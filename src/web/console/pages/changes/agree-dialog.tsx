import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import type { ProposedChange } from '../../api/changes.ts';
import { contractAddress, signerAddress } from '../../page-addresses.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ControlField } from '../../ui/control-field.tsx';
import { Effect } from '../../ui/effect.tsx';
import type { ChangeShown } from '../../verify/read-change.ts';
import { publishContract } from '../contracts/publish-contract.ts';

type Props = {
  readonly change: ProposedChange;
  readonly request: NonNullable<ChangeShown['request']>;
  readonly headline: string;
  readonly danger: boolean;
  readonly done: () => void;
  readonly close: () => void;
  /** What it changes, as list items. */
  readonly children: ComponentChildren;
};

/** Asks before the second person makes a change. The service makes it only where it is what was proposed last. */
export function AgreeDialog({ change, request, headline, danger, done, close, children }: Props) {
  const [control, setControl] = useState('');
  const act = async () => {
    const agreed = control === '' ? undefined : control;
    if (change.kind === 'contract.published') await publishContract(request.body, agreed);
    else await call('POST', request.path, { body: { ...request.body, ...(agreed && { control: agreed }) } });
    done();
  };
  return (
    <Confirm title="Agree to this change?" verb="Agree and make it" danger={danger} act={act} close={close}>
      <Effect>
        <ul>
          <li>
            <b>{headline}</b>
          </li>
          {children}
          <li>It counts at once. You stand for it as the second person, by name and for good.</li>
        </ul>
      </Effect>
      <ControlField value={control} onInput={setControl} />
    </Confirm>
  );
}

/** Where the change is seen once it is made. */
export function afterwards({ kind, body }: ProposedChange): string {
  if (kind.startsWith('contract.')) return contractAddress(String(body.contract));
  if (kind.startsWith('signer.')) return signerAddress(String(body.signer));
  return '/console/changes';
}
