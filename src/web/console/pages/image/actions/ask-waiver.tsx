import { useRef, useState } from 'preact/hooks';
import { covers, ruleOf } from '../../../../../core/custody/waived-check.ts';
import { call } from '../../../api/call.ts';
import { waiverAddress } from '../../../page-addresses.ts';
import { useWho } from '../../../session/session.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Effect } from '../../../ui/effect.tsx';
import { timeInWords } from '../../../ui/time.tsx';
import type { Judged } from '../../../verify/judged.ts';
import { type Obstacle, obstaclesOf } from '../who-can-fix.ts';

/** Days that a waiver may be asked for. */
const DAYS = [1, 7, 30, 90] as const;
const DAY_MS = 86_400_000;
/** The service counts 90 days by its own clock, and this one may be ahead. */
const LEEWAY_MS = 60_000;

type Props = {
  readonly judged: Judged;
  readonly obstacle: Obstacle;
  readonly done: () => void;
  readonly close: () => void;
};

/** Asks that one check of a contract be waived for this image. */
export function AskWaiver({ judged, obstacle, done, close }: Props) {
  const { role } = useWho();
  const { check } = obstacle;
  const [days, setDays] = useState(7);
  const [breakGlass, setBreakGlass] = useState(false);
  const [reason, setReason] = useState('');
  // One wish is one waiver, however often it is sent.
  const key = useRef(crypto.randomUUID());
  const expires = new Date(Date.now() + days * DAY_MS - LEEWAY_MS).toISOString();
  const { subject, repository } = judged.result;
  const rule = ruleOf(check);
  const act = async () => {
    const { contract, code, stage } = check;
    const body = { digest: subject, repository, contract, check: code, stage, rule, expires, breakGlass, reason };
    await call('POST', '/v1/waivers', { body, headers: { 'idempotency-key': key.current } });
    done();
  };
  const others = obstaclesOf(judged.result).filter((other) => other.check !== check).length;
  return (
    <Confirm
      title="Ask for a waiver"
      verb={breakGlass ? 'Break the glass' : 'Ask for it'}
      danger={breakGlass}
      ready={reason.trim() !== ''}
      act={act}
      close={close}
    >
      <Effect>
        <ul>
          <li>
            {obstacle.sentence}{' '}
            <code>{[check.contract, check.code, check.stage, rule].filter(Boolean).join(' · ')}</code>
          </li>
          <li>
            {breakGlass
              ? 'It is exempted at once, for 24 hours, and beyond them only if a second person approves. That the glass was broken stays visible for ever.'
              : 'It changes nothing yet. Another release manager, who did not build this, has to approve it.'}
          </li>
          <li>
            Once it holds,{' '}
            {others === 0
              ? 'nothing else stands against this image'
              : `${others} more still ${others === 1 ? 'stands' : 'stand'} against this image`}
            , until {timeInWords(expires)}.
          </li>
          <li>The request and its reason are recorded for good.</li>
        </ul>
      </Effect>
      <Waiting judged={judged} obstacle={obstacle} />
      <label for="reason">Why</label>
      <textarea
        id="reason"
        rows={3}
        maxLength={2000}
        required
        value={reason}
        aria-describedby="reason-help"
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <p class="small quiet" id="reason-help">
        For people, and kept for good: name no customers and no secrets.
      </p>
      <label for="days">For how long</label>
      <select id="days" value={days} onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}>
        {DAYS.map((count) => (
          <option key={count} value={count}>
            {count === 1 ? 'one day' : `${count} days`}
          </option>
        ))}
      </select>
      {role === 'release-manager' && (
        <label class="check">
          <input type="checkbox" checked={breakGlass} onChange={() => setBreakGlass(!breakGlass)} />
          <span>Break the glass: it cannot wait for a second person.</span>
        </label>
      )}
    </Confirm>
  );
}

/** Says where the same was asked for before, and waits: a second one brings nothing that approving the first does not. */
function Waiting({ judged, obstacle }: Pick<Props, 'judged' | 'obstacle'>) {
  const waiting = judged.result.waivers.filter(
    (waiver) => waiver.awaitsApproval === true && covers(waiver, obstacle.check),
  );
  if (waiting.length === 0) return null;
  return (
    <p class="notice">
      The same was asked for before, and waits for a second person:{' '}
      {waiting.map(({ waiver, requested }, index) => (
        <span key={waiver}>
          {index > 0 && ', '}
          <a href={waiverAddress(waiver)}>{waiver}</a>, by {requested.person ?? requested.principal}
        </span>
      ))}
      .
    </p>
  );
}
