import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { LEVELS, type Level } from './facts.ts';

/** Kinds of results that report no fault. Source: SARIF 2.1.0 §3.27.9. */
const KINDS_WITHOUT_FAULT = ['pass', 'notApplicable', 'informational'];
const KINDS_TO_LOOK_AT = ['open', 'review'];

/** Levels that the rules of one component of the tool configure, by index and by id, and what the component is called. */
type Rules = {
  readonly byIndex: readonly (Level | undefined)[];
  readonly byId: ReadonlyMap<string, Level>;
  readonly names: readonly Json[];
};
/** Rules stand in the tool itself, or in what it was extended by. */
type Components = { readonly driver: Rules; readonly extensions: readonly Rules[] };

/**
 * Findings of a SARIF 2.1.0 log by level, all runs together. A run that says that its tool failed is
 * `facts/scan-failed`; one without `results` was not read to its end and is the same. Source: docs/spec/facts.md §5.3.
 */
export function readSarif(log: JsonObject, into: Collector): void {
  if (log.version !== '2.1.0') {
    into.refuse('facts/unsupported-version', 'SARIF 2.1.0 is read.', '/version');
    return;
  }
  into.statesFindings();
  for (const [index, value] of into.requiredArray(log.runs, '/runs').entries()) {
    if (!into.step()) return;
    readRun(into.object(value, `/runs/${index}`), `/runs/${index}`, into);
  }
}

function readRun(run: JsonObject, at: string, into: Collector): void {
  for (const [index, invocation] of into.array(run.invocations, `${at}/invocations`).entries()) {
    if (!into.step()) return;
    const place = `${at}/invocations/${index}`;
    if (into.object(invocation, place).executionSuccessful === false) {
      into.refuse('facts/scan-failed', 'The log says that its tool failed.', `${place}/executionSuccessful`);
      return;
    }
  }
  if (run.results === undefined || run.results === null) {
    into.refuse('facts/scan-failed', 'The run has no results, not even none.', `${at}/results`);
    return;
  }
  const tool = into.object(run.tool, `${at}/tool`);
  const driver = readRules(into.object(tool.driver, `${at}/tool/driver`), `${at}/tool/driver`, into);
  const extensions: Rules[] = [];
  for (const [index, extension] of into.array(tool.extensions, `${at}/tool/extensions`).entries()) {
    if (!into.step()) return;
    const place = `${at}/tool/extensions/${index}`;
    extensions.push(readRules(into.object(extension, place), place, into));
  }
  const rules = { driver, extensions };
  for (const [index, result] of into.array(run.results, `${at}/results`).entries()) {
    if (!into.step()) return;
    const place = `${at}/results/${index}`;
    readResult(into.object(result, place), rules, place, into);
  }
}

function readRules({ rules, name, guid }: JsonObject, at: string, into: Collector): Rules {
  const byIndex: (Level | undefined)[] = [];
  const byId = new Map<string, Level>();
  for (const [index, value] of into.array(rules, `${at}/rules`).entries()) {
    if (!into.step()) break;
    const place = `${at}/rules/${index}`;
    const rule = into.object(value, place);
    const configured = into.object(rule.defaultConfiguration, `${place}/defaultConfiguration`).level;
    const level = readLevel(configured, `${place}/defaultConfiguration/level`, into);
    byIndex.push(level);
    if (level !== undefined && typeof rule.id === 'string') byId.set(rule.id, level);
  }
  return { byIndex, byId, names: [guid ?? null, name ?? null].filter((one) => typeof one === 'string') };
}

/** A stated level, or that of its rule, or `warning`; where the kind is not `fail`, `none` unless stated. §3.27.10. */
function readResult(result: JsonObject, rules: Components, at: string, into: Collector): void {
  const kind = into.text(result.kind, `${at}/kind`) ?? 'fail';
  const known = kind === 'fail' || KINDS_WITHOUT_FAULT.includes(kind) || KINDS_TO_LOOK_AT.includes(kind);
  if (!known) into.refuse('facts/malformed-document', 'The kind of a result is none of the six.', `${at}/kind`);
  if (KINDS_WITHOUT_FAULT.includes(kind) || result.baselineState === 'absent') return;
  const stated = readLevel(result.level, `${at}/level`, into);
  if (isSuppressed(result.suppressions, `${at}/suppressions`, into)) into.addFinding('suppressed');
  else into.addFinding(stated ?? (kind === 'fail' ? (ruleLevel(result, rules) ?? 'warning') : 'none'));
}

/**
 * The level that the rule of a result configures. `rule.toolComponent` says which component of the tool has it; an index counts
 * there, in the tool itself unless told. An id that the tool does not know may be one of any extension: the gravest counts.
 */
function ruleLevel(result: JsonObject, components: Components): Level | undefined {
  const reference = isJsonObject(result.rule) ? result.rule : {};
  const named = componentOf(reference.toolComponent, components);
  const index = [result.ruleIndex, reference.index].find((one) => typeof one === 'number' && one >= 0);
  if (typeof index === 'number') return (named ?? components.driver).byIndex[index];
  const id = typeof result.ruleId === 'string' ? result.ruleId : reference.id;
  if (typeof id !== 'string') return undefined;
  const known = (named ?? components.driver).byId.get(id);
  if (known !== undefined || named !== undefined) return known;
  return LEVELS.find((level) => components.extensions.some(({ byId }) => byId.get(id) === level));
}

const NO_RULES: Rules = { byIndex: [], byId: new Map(), names: [] };

/**
 * The component that a reference names, by its place among the extensions or by what it is called, without any rules where there
 * is none; undefined where nothing is named. §3.54.
 */
function componentOf(value: Json | undefined, { driver, extensions }: Components): Rules | undefined {
  if (!isJsonObject(value)) return undefined;
  const { index, guid, name } = value;
  if (typeof index === 'number' && index >= 0) return extensions[index] ?? NO_RULES;
  if (typeof guid !== 'string' && typeof name !== 'string') return undefined;
  const called = [guid ?? null, name ?? null];
  return [driver, ...extensions].find(({ names }) => names.some((one) => called.includes(one))) ?? NO_RULES;
}

function readLevel(value: Json | undefined, at: string, into: Collector): Level | undefined {
  const level = into.text(value, at);
  if (level === undefined) return undefined;
  const known = LEVELS.find((each) => each === level);
  if (known === undefined) into.refuse('facts/malformed-document', 'A level is none of the four.', at);
  return known;
}

/** At least one suppression is accepted, and none is under review or rejected. §3.27.23, §3.35.3. */
function isSuppressed(value: Json | undefined, at: string, into: Collector): boolean {
  const suppressions = into.array(value, at);
  for (const [index, suppression] of suppressions.entries()) {
    if (!into.step()) return false;
    const { status } = into.object(suppression, `${at}/${index}`);
    if (status !== undefined && status !== null && status !== 'accepted') return false;
  }
  return suppressions.length > 0;
}
