import { useState } from 'preact/hooks';
import { addressOf } from '../../api/call.ts';

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const DAY_MS = 86_400_000;

/** All that was recorded from one day to another, to be taken away with the proof that nothing of it is missing. */
export function TakePeriod() {
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [first, last] = [dayOf(from), dayOf(until)];
  const isPeriod = first !== undefined && last !== undefined && first <= last;
  // The proof goes up to but without its end, and people name the last day that they mean.
  const period = isPeriod
    ? { from: new Date(first).toISOString(), to: new Date(last + DAY_MS).toISOString() }
    : undefined;
  return (
    <>
      <div class="filters">
        <Day id="first-day" label="First day" value={from} set={setFrom} />
        <Day id="last-day" label="Last day" value={until} set={setUntil} />
        {period !== undefined && (
          <a
            class="button"
            href={addressOf('/v1/proofs/period', period)}
            download={`period-${from}-${until}.json`}
            aria-describedby="period-help"
          >
            Take the proof
          </a>
        )}
      </div>
      <p class="small quiet" id="period-help">
        Days in UTC. <code>waybill verify</code> checks the file without a network. It has at most 10,000 entries: a
        longer period, with tables, documents and a sample, is taken with{' '}
        <code>
          waybill export --from {period?.from ?? '…'} --to {period?.to ?? '…'} -o folder
        </code>
      </p>
    </>
  );
}

type DayProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly set: (day: string) => void;
};

function Day({ id, label, value, set }: DayProps) {
  return (
    <div class="filter">
      <label for={id}>{label}</label>
      <input id={id} type="date" value={value} onInput={({ currentTarget }) => set(currentTarget.value)} />
    </div>
  );
}

/** Its first millisecond in UTC. */
function dayOf(text: string): number | undefined {
  const time = DAY.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
