import { SEVERITIES, type Severity } from '../facts/facts.ts';

/** Names that stand in one line. */
const SHOWN_MAX = 5;

type Change = { readonly before: number; readonly after: number };
type Named = readonly { readonly name: string }[];
type Vulnerabilities = { readonly [S in Severity | 'total']: number } & {
  readonly list: readonly { readonly id: string }[];
};

/** As much of a comparison of facts as is said of it. */
type Changes = {
  readonly components?: Change & {
    readonly addedCount: number;
    readonly removedCount: number;
    readonly changedCount: number;
    readonly added: Named;
    readonly removed: Named;
    readonly changed: Named;
  };
  readonly licences?: Change & { readonly added: readonly string[] };
  readonly vulnerabilities?: Change & { readonly new: Vulnerabilities; readonly gone: Vulnerabilities };
  readonly findings?: { readonly total: Change };
  readonly tests?: { readonly total: Change; readonly failed: Change };
  readonly coverage?: { readonly lines?: Change; readonly branches?: Change };
  readonly image?: { readonly layers: Change; readonly bytes: Change };
};

/** An image beside the one that was released before it, as far as sentences are made of it. */
export type SpokenComparison = {
  readonly environment: string;
  readonly previous?: { readonly digest: string; readonly seq: number };
  readonly facts?: Changes;
  readonly reason?: string;
};

/**
 * An image beside the one before it in sentences: what that is, then a line for each kind of fact that differs. At most five
 * names stand in a line.
 */
export function comparisonWords({ environment, previous, facts, reason }: SpokenComparison): readonly string[] {
  const before =
    previous === undefined ? 'what was there' : `${previous.digest}, released there at entry #${previous.seq}`;
  if (reason !== undefined) return [`It cannot be told what changes in ${environment} since ${before} (${reason}).`];
  if (previous === undefined || facts === undefined)
    return [`Before this image, nothing was released to ${environment}.`];
  return [`In ${environment}, since ${before}:`, ...factsWords(facts)];
}

/** What is stated of both, and how it differs, in sentences. */
export function factsWords(facts: Changes): readonly string[] {
  const words = changeWords(facts);
  if (words.length > 0) return words;
  return [Object.keys(facts).length === 0 ? 'Nothing is stated of both.' : 'Nothing that is stated of both differs.'];
}

function changeWords({ components, licences, vulnerabilities, findings, tests, coverage, image }: Changes) {
  return [
    ...(components === undefined ? [] : componentWords(components)),
    ...(vulnerabilities === undefined ? [] : vulnerabilityWords(vulnerabilities)),
    ...line('Licences', licences, counted(licences?.added.length ?? 0, 'new', licences?.added ?? [])),
    ...line('Findings', findings?.total),
    ...line('Tests', tests?.total),
    ...line('Failed tests', tests?.failed),
    ...line('Lines covered, of 10,000', coverage?.lines),
    ...line('Branches covered, of 10,000', coverage?.branches),
    ...line('Layers', image?.layers),
    ...line('Bytes', image?.bytes),
  ];
}

function componentWords(change: NonNullable<Changes['components']>): readonly string[] {
  const { added, removed, changed, addedCount, removedCount, changedCount } = change;
  if (addedCount + removedCount + changedCount === 0) return [];
  const names = (list: Named) => list.map(({ name }) => name);
  return [
    sentence('Components', change, [
      counted(addedCount, 'added', names(added)),
      counted(removedCount, 'removed', names(removed)),
      counted(changedCount, 'in another version', names(changed)),
    ]),
  ];
}

function vulnerabilityWords(change: NonNullable<Changes['vulnerabilities']>): readonly string[] {
  const { new: come, gone } = change;
  if (come.total + gone.total === 0) return [];
  const ids = [...new Set(come.list.map(({ id }) => id))];
  return [
    sentence('Vulnerabilities', change, [
      counted(come.total, `new, ${severities(come)}`, ids),
      counted(gone.total, 'gone', gone.total === 0 ? [] : [severities(gone)]),
    ]),
  ];
}

function severities(of: Vulnerabilities): string {
  return SEVERITIES.filter((severity) => of[severity] > 0)
    .map((severity) => `${of[severity]} ${severity}`)
    .join(' and ');
}

function line(what: string, change: Change | undefined, more = ''): readonly string[] {
  if (change === undefined || (change.before === change.after && more === '')) return [];
  return [sentence(what, change, [more])];
}

function sentence(what: string, { before, after }: Change, more: readonly string[]): string {
  return `${[`${what}: ${before} before, ${after} now`, ...more.filter((part) => part !== '')].join('; ')}.`;
}

function counted(count: number, what: string, names: readonly string[]): string {
  if (count === 0) return '';
  const shown = names.slice(0, SHOWN_MAX).join(', ');
  return `${count} ${what}${shown === '' ? '' : ` (${shown}${count > SHOWN_MAX && names.length > 1 ? ', …' : ''})`}`;
}
