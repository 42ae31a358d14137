import { fields } from '../../cli/layout-text.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import type { Anchor, ClusterIdentity, StoredHead } from '../../service/ports.ts';
import type { Survey } from './survey-log.ts';

/** What is seen, in words: what is remembered and what is there, what that means, and what can be done. */
export function describeSurvey(survey: Survey): string {
  const { origin, inForce, anchor, head, cluster, last, witnesses, fault } = survey;
  return [
    fields([
      ['log in the database', origin ?? 'none'],
      ['log of the keys', inForce ?? 'not known: keys of release 0.1, or new'],
      ['anchor', anchor === undefined ? 'none' : describeAnchor(anchor)],
      ...witnesses.map((witness) => [witness.name, describeTree(witness.anchor)] as const),
      ['database', head === undefined ? describeCluster(cluster) : describeHead(head, cluster)],
      ...last.map(({ seq, time, kind }) => [`entry ${seq}`, `${time}  ${kind}`] as const),
    ]),
    '',
    ...(fault === undefined ? [] : [`${fault.message} (${fault.code})`]),
    ...MEANING[survey.state],
  ].join('\n');
}

/** The same for programs. */
export function surveyJson(survey: Survey): JsonObject {
  const { state, origin, inForce, anchor, head, cluster, last, witnesses, fault } = survey;
  return {
    state,
    ...(fault === undefined ? {} : { code: fault.code, message: fault.message }),
    ...(origin === undefined ? {} : { origin }),
    ...(inForce === undefined ? {} : { inForce }),
    ...(anchor === undefined
      ? {}
      : { anchor: { ...treeJson(anchor), origin: anchor.origin, ...(anchor.cluster ?? {}) } }),
    ...(head === undefined ? {} : { head: treeJson({ size: head.frontier.size, root: head.root }) }),
    cluster: { ...cluster },
    last: last.map((entry) => ({ ...entry })),
    checkpoints: witnesses.map(({ name, anchor: seen }) => ({ name, ...treeJson(seen) })),
  };
}

/** What each state means, and what can be done. */
export const MEANING: Readonly<Record<Survey['state'], readonly string[]>> = {
  'in-order': ['Nothing is in the way: the service can be started.'],
  intact: [
    'Everything that is remembered of the log is there, and the database grew out of it.',
    'Make sure that this is the one database in use, then continue it:  waybill resume --continue',
  ],
  unknown: [
    'Nothing is at hand to compare the database with. Bring what somebody has seen of the log, the newest there is: the',
    'anchor.json of another replica, a checkpoint, or a receipt:  waybill resume --continue --checkpoint FILE',
    'If there is none, compare the size and the last entries above with what pipelines know of, and state the size',
    'that you answer for:  waybill resume --continue --accept-size SIZE',
  ],
  unopened: ['A successor was begun and not opened. Go on with it:  waybill resume --open-successor'],
  lost: [
    'The database does not hold what was signed. To go on in it would make a second history, so it is never continued.',
    'Bring the newest database back. If it is gone for good, end this log and open a successor that says what was lost:',
    'waybill resume --open-successor',
  ],
  foreign: ['This is not the log that keys and anchor belong to: see DATABASE_URL, WAYBILL_KEYS and WAYBILL_STATE.'],
};

function describeAnchor(anchor: Anchor): string {
  const { cluster } = anchor;
  const where = cluster === undefined ? 'place not remembered' : describeCluster(cluster);
  return `${describeTree(anchor)}, ${where}, of ${anchor.origin}`;
}

function describeHead(head: StoredHead, cluster: ClusterIdentity): string {
  return `${describeTree({ size: head.frontier.size, root: head.root })}, ${describeCluster(cluster)}`;
}

function describeTree({ size, root }: Pick<Anchor, 'size' | 'root'>): string {
  return `${size} entries, root ${formatHex(root).slice(0, 16)}…`;
}

function describeCluster({ systemIdentifier, timeline }: ClusterIdentity): string {
  return `cluster ${systemIdentifier}, timeline ${timeline}`;
}

function treeJson({ size, root }: Pick<Anchor, 'size' | 'root'>): JsonObject {
  return { size, root: formatHex(root) };
}
