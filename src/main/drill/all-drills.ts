import { ATTEMPT_DRILLS } from './attempt-drills.ts';
import { CLUSTER_DRILLS } from './cluster-drills.ts';
import { CONTROL_DRILLS } from './control-drills.ts';
import { CUSTODY_DRILLS } from './custody-drills.ts';
import { ACCESS_DRILLS, LEDGER_DRILLS } from './database-drills.ts';
import type { Drill } from './drill.ts';
import { DUAL_CONTROL_DRILLS } from './dual-control-drills.ts';
import { FILE_DRILLS } from './file-drills.ts';
import { HIDDEN_DRILLS } from './hidden-drills.ts';
import { HISTORY_DRILLS } from './history-drills.ts';
import { LIAR_DRILLS } from './liar-drills.ts';
import { LOG_KEY_DRILLS } from './log-key-drills.ts';
import { MAP_DRILLS } from './map-drills.ts';
import { PLACE_DRILLS } from './place-drills.ts';
import { SERVICE_DRILLS } from './service-drills.ts';
import { VERDICT_DRILLS } from './verdict-drills.ts';
import { WAIVER_DRILLS } from './waiver-drills.ts';

/** Drills of one adversary. */
export type DrillGroup = { readonly title: string; readonly drills: readonly Drill[] };

/** Every drill, by who attacks. */
export const DRILL_GROUPS: readonly DrillGroup[] = [
  { title: 'A superuser of the database rewrites the ledger', drills: [...LEDGER_DRILLS, ...PLACE_DRILLS] },
  { title: 'A superuser of the database lets somebody in, or hides something', drills: ACCESS_DRILLS },
  { title: 'A recorded verdict is made to say something else', drills: VERDICT_DRILLS },
  { title: 'A pipeline tries what it may not', drills: SERVICE_DRILLS },
  {
    title: 'Custody is made to look better than it is',
    drills: [...CUSTODY_DRILLS, ...ATTEMPT_DRILLS, ...WAIVER_DRILLS, ...HIDDEN_DRILLS],
  },
  { title: 'The log’s own server lies under checkpoints that it signs', drills: [...LIAR_DRILLS, ...MAP_DRILLS] },
  { title: 'The operator changes trust without the holders of control keys', drills: CONTROL_DRILLS },
  { title: 'One administrator changes what takes two', drills: DUAL_CONTROL_DRILLS },
  {
    title: 'A key of the log signs beyond its time, or is followed by one that nobody agreed to',
    drills: LOG_KEY_DRILLS,
  },
  { title: 'The log is moved or set back, or has two histories', drills: [...CLUSTER_DRILLS, ...HISTORY_DRILLS] },
  { title: 'A file is forged by somebody without the log key', drills: FILE_DRILLS },
];

/** All of them in the order in which they are played; no two have one id. */
export const DRILLS: readonly Drill[] = DRILL_GROUPS.flatMap(({ drills }) => drills);
