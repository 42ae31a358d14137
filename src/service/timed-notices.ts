import { signerKey, waiverKey } from '../core/entry/keys.ts';
import type { TimedNotice } from '../core/event/notice.ts';
import type { ServiceContext } from './context.ts';
import { readWholeLists } from './read-list.ts';
import { standingOf } from './read-signer.ts';
import { waiverRecord, waiverView } from './read-waiver.ts';

/** How long before the end of a waiver its notice comes: three days, so that a weekend lies between. */
const EXPIRING_MS = 72 * 3_600_000;
/** How long a waiver may be in force by break-glass until its notice comes: half of the time that it has. */
const UNCONFIRMED_MS = 12 * 3_600_000;
const WAIVERS_READ = 500;

/** A notice that is due because of the time that has passed, about the entry at `seq`. */
export type DueNotice = {
  readonly type: TimedNotice;
  readonly seq: number;
  readonly repository?: string;
  readonly occurredAt: Date;
};

type Stores = Pick<ServiceContext, 'store' | 'projections' | 'signers'>;

/** Everything that is due at a time, what was told before included: it is one delivery for each webhook all the same. */
export async function findDueNotices(stores: Stores, now: Date): Promise<readonly DueNotice[]> {
  const expiring = await findWaivers(stores, now, 'in-force', new Date(now.getTime() + EXPIRING_MS));
  const unconfirmed = await findWaivers(stores, now, 'break-glass', undefined);
  return [
    ...expiring.map(
      ({ seq, repository, expires }): DueNotice => ({
        type: 'waiver.expiring',
        seq,
        repository,
        occurredAt: new Date(Date.parse(expires) - EXPIRING_MS),
      }),
    ),
    ...unconfirmed
      .map(
        ({ seq, repository, time }): DueNotice => ({
          type: 'waiver.break-glass-unconfirmed',
          seq,
          repository,
          occurredAt: new Date(Date.parse(time) + UNCONFIRMED_MS),
        }),
      )
      .filter(({ occurredAt }) => occurredAt <= now),
    ...(await findAgeingSigners(stores, now)),
  ];
}

/** Waivers of a state, as their whole lists say it. */
async function findWaivers(
  { store, projections }: Stores,
  now: Date,
  state: 'in-force' | 'break-glass',
  before: Date | undefined,
) {
  const found: { seq: number; repository: string; time: string; expires: string }[] = [];
  let beforeSeq: number | undefined;
  for (;;) {
    const rows = await projections.waivers({
      state,
      now: now.toISOString(),
      globs: ['*'],
      limit: WAIVERS_READ,
      ...(before === undefined ? {} : { expiresBefore: before.toISOString() }),
      ...(beforeSeq === undefined ? {} : { beforeSeq }),
    });
    const lists = await readWholeLists(
      store,
      rows.map(({ waiver }) => waiverKey(waiver)),
    );
    for (const { waiver } of rows) {
      const record = waiverRecord(lists.get(waiverKey(waiver)) ?? []);
      if (waiverView(record, now).state !== state) continue;
      const { seq, time } = record.requested;
      found.push({ seq, time, repository: record.repository, expires: record.body.expires });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < WAIVERS_READ) return found;
    beforeSeq = last.seq;
  }
}

/** Keys of pipelines that are old enough to be rotated, each about the entry that its list began with. */
async function findAgeingSigners({ store, signers }: Stores, now: Date): Promise<readonly DueNotice[]> {
  const due = (await signers.current()).filter(
    (signer) => signer.use === 'attest' && standingOf(signer, now.toISOString()) === 'due',
  );
  const lists = await readWholeLists(
    store,
    due.map(({ signer }) => signerKey(signer)),
  );
  return due.flatMap(({ signer, warnFrom = now.toISOString() }): readonly DueNotice[] => {
    const seq = lists.get(signerKey(signer))?.[0]?.entry.seq;
    return seq === undefined ? [] : [{ type: 'signer.ageing', seq, occurredAt: new Date(warnFrom) }];
  });
}
