import { useState } from 'preact/hooks';
import { call } from '../../../api/call.ts';
import { Confirm } from '../../../ui/confirm.tsx';
import { Effect } from '../../../ui/effect.tsx';
import type { Judged } from '../../../verify/judged.ts';

type Props = {
  readonly judged: Judged;
  /** Environments that it was released to last: where another image took its place nothing of it ends. */
  readonly current: readonly string[];
  readonly done: () => void;
  readonly close: () => void;
};

/** Ends an image, in one environment where it was released last, or everywhere and for good. */
export function RetireImage({ judged, current, done, close }: Props) {
  const { subject, repository } = judged.result;
  const [where, setWhere] = useState(current[0] ?? '');
  const act = async () => {
    const body = { repository, ...(where === '' ? {} : { environment: where }) };
    await call('POST', `/v1/images/${subject}/retire`, { body });
    done();
  };
  return (
    <Confirm
      title="Retire this image"
      verb={where === '' ? 'Retire it everywhere' : `Retire it in ${where}`}
      danger
      act={act}
      close={close}
    >
      <label for="retire-in">Where</label>
      <select id="retire-in" value={where} onChange={({ currentTarget }) => setWhere(currentTarget.value)}>
        {current.map((name) => (
          <option key={name} value={name}>
            in {name}
          </option>
        ))}
        <option value="">everywhere, for good</option>
      </select>
      <Effect>
        <ul>
          <li>
            {where === ''
              ? 'Its verdict fails from now on, in every environment, and every gate says no.'
              : `Its verdict fails from now on where it is asked for ${where}, and gates there say no.`}
          </li>
          <li>It is never taken back: whoever needs this image again builds another.</li>
          <li>What runs already is not stopped by it.</li>
        </ul>
      </Effect>
    </Confirm>
  );
}
