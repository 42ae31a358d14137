import { fields, plain } from '../../cli/layout-text.ts';
import { controlKeyId, controlSetFields } from '../../core/control/control-keys.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import type { Predecessor } from '../../core/entry/kinds/log-opened.ts';
import type { OpenedSuccessor } from './open-successor.ts';

const NAMES_MAX = 50;

/** A successor in words: what ended, what is left of it, and what has to be done again. */
export function describeSuccessor(opened: OpenedSuccessor, sealReceipt?: string): string {
  const { origin, logVkey, predecessor, schema, findings, tokenFile } = opened;
  const { anchored, recovered } = predecessor;
  const isWhole = recovered !== undefined && anchored !== undefined && recovered.size >= anchored.size;
  return [
    'The log has ended, and its successor is open.',
    fields([
      ['ended', predecessor.origin],
      ['  was seen with', describeTree(predecessor.anchored)],
      ['  is left with', describeTree(predecessor.recovered)],
      ['  kept in', schema === undefined ? undefined : `schema ${schema} of the same database, unchanged`],
      ['successor', origin],
      ['log key', logVkey],
      ['control keys', describeControl(opened.control)],
      ['seal', sealReceipt],
      ['admin token', tokenFile],
    ]),
    '',
    ...findings.map(({ code, seq, message }) => `In what is left: ${code} at ${seq}: ${message}`),
    'Receipts and reports of the ended log verify under its own log key, and never under the new one.',
    ...(isWhole
      ? ['Publish the new log key where auditors find it.']
      : ['Publish the new log key where auditors find it, and tell those who hold receipts what is missing.']),
    ...(sealReceipt === undefined
      ? []
      : ['Publish the receipt of the seal with it: under the old log key it proves which log follows, and its key.']),
    'The successor knows nothing of before: grant principals, register signers and publish contracts again.',
    ...describeNames(opened.names),
    'Start the service, and give other replicas anchor.json and log.origin.',
  ].join('\n');
}

/** The same for programs. */
export function successorJson(
  { origin, logVkey, predecessor, control, schema, findings, tokenFile, names }: OpenedSuccessor,
  sealReceipt?: string,
): JsonObject {
  return {
    successor: origin,
    logKey: logVkey,
    tokenFile,
    ...controlSetFields(control),
    predecessor: JSON.parse(JSON.stringify(predecessor)),
    ...(schema === undefined ? {} : { schema }),
    ...(sealReceipt === undefined ? {} : { sealReceipt }),
    findings: findings.map(({ code, seq, message }) => ({ code, seq, message })),
    names: names.map(({ area, name }) => ({ area, name })),
  };
}

function describeControl(set: OpenedSuccessor['control']): string {
  if (set === undefined) return 'none: changes of trust are the operator’s alone';
  return `${set.threshold} of ${set.keys.map((key) => `${controlKeyId(key).slice(0, 12)}…`).join(', ')}`;
}

function describeTree(tree: Predecessor['anchored']): string {
  return tree === undefined ? 'not known' : `${tree.size} entries, root ${tree.root.slice(0, 16)}…`;
}

function describeNames(names: OpenedSuccessor['names']): readonly string[] {
  const areas = Map.groupBy(names, ({ area }) => area);
  return [...areas].map(([area, of]) => {
    const shown = of.slice(0, NAMES_MAX).map(({ name }) => plain(name));
    const more = of.length > shown.length ? `, and ${of.length - shown.length} more` : '';
    return `  ${area}s it knew: ${shown.join(', ')}${more}`;
  });
}
