import type { ServiceContext } from './context.ts';

/** What there is to deliver, over all webhooks. */
export type NoticeCounts = {
  readonly enabled: number;
  readonly disabled: number;
  readonly waiting: number;
  readonly dead: number;
  /** For how many seconds the oldest of those that wait has been waiting; 0 where none does. */
  readonly oldestSeconds: number;
  /** Entries that the slowest webhook that is enabled has still to look at. */
  readonly behind: number;
};

export async function countNotices({ webhooks, sequencer, now }: ServiceContext): Promise<NoticeCounts> {
  const rows = await webhooks.list();
  const counts = rows.length === 0 ? [] : [...(await webhooks.counts()).values()];
  const enabled = rows.filter(({ disabled }) => disabled === undefined);
  const size = enabled.length === 0 ? 0 : ((await sequencer.checkpoint())?.head.frontier.size ?? 0);
  const ages = counts.flatMap(({ oldestAt }) => (oldestAt === undefined ? [] : [now().getTime() - oldestAt.getTime()]));
  return {
    enabled: enabled.length,
    disabled: rows.length - enabled.length,
    waiting: counts.reduce((sum, { waiting }) => sum + waiting, 0),
    dead: counts.reduce((sum, { dead }) => sum + dead, 0),
    oldestSeconds: Math.max(0, ...ages) / 1_000,
    behind: Math.max(0, ...enabled.map(({ cursor }) => size - 1 - cursor)),
  };
}
