import type { SignerView } from '../../api/found.ts';
import { Time } from '../../ui/time.tsx';
import { spanInWords } from '../../ui/until.tsx';

/** How much of its time a key has had, and when it is due and too old; a key without limits only says its age. */
export function AgeBar({ signer: { registeredAt, warnFrom, expiresAt } }: { readonly signer: SignerView }) {
  const [from, now] = [Date.parse(registeredAt), Date.now()];
  const age = `It is ${spanInWords(now - from)} old`;
  const end = expiresAt ?? warnFrom;
  if (end === undefined) return <p class="age">{age}. Nothing limits its age.</p>;
  const part = Math.min(100, Math.max(0, Math.round(((now - from) / Math.max(1, Date.parse(end) - from)) * 100)));
  return (
    <div class="age">
      <progress max={100} value={part} aria-label={`${part} % of its time is over`} />
      <p>
        {age}, {part} % of its time.{' '}
        {warnFrom !== undefined && (
          <>
            Due for rotation from <Time time={warnFrom} /> on.{' '}
          </>
        )}
        {expiresAt !== undefined && (
          <>
            What it signs from <Time time={expiresAt} /> on does not count.
          </>
        )}
      </p>
    </div>
  );
}
