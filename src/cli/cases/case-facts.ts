import { array, integer, json, mapped, object, optional, type Reader, string } from '../../core/encoding/decode.ts';
import type { Json, JsonObject } from '../../core/encoding/json.ts';
import { type ImageSize, LEVELS, SEVERITIES } from '../../core/facts/facts.ts';
import { fail, ok, type Result } from '../../core/fault.ts';
import { FACTS_LIST_MAX, FACTS_TEXT_CHARACTERS_MAX } from '../../core/limits.ts';

const text = string({ min: 1, max: FACTS_TEXT_CHARACTERS_MAX });
const list = array(json(), { max: FACTS_LIST_MAX });
const texts = array(text, { max: FACTS_LIST_MAX });
const count = optional(integer());
const TESTS = ['passed', 'failed', 'skipped'];

/** What belongs to counts besides their names: the parts that `total` is the sum of, and whether there is a list of what is counted. */
type CountsForm = { readonly parts?: readonly string[]; readonly listed?: boolean };

/** Numbers of these names, 0 where they are not told; a `total` that is not told is the sum, a list that is not told empty. */
function counts(names: readonly string[], { parts, listed = false }: CountsForm = {}): Reader<JsonObject> {
  const numbers = Object.fromEntries((parts === undefined ? names : [...names, 'total']).map((each) => [each, count]));
  return mapped(object({ ...numbers, ...(listed ? { list: optional(list) } : {}) }), (read) => {
    const told = read as { readonly [name: string]: number | readonly Json[] | undefined };
    const all: Record<string, Json> = Object.fromEntries(names.map((each) => [each, told[each] ?? 0]));
    if (parts !== undefined) all.total = told.total ?? parts.reduce((sum, part) => sum + Number(all[part]), 0);
    if (listed) all.list = told.list ?? [];
    return ok(all);
  });
}

const ratio = object({ basisPoints: integer({ max: 10_000 }), covered: count, total: count });
const reference = object({ name: optional(text), digest: optional(text) });

const facts = {
  components: optional(counts(['count'], { listed: true })),
  licences: optional(counts(['count', 'unstated'], { listed: true })),
  vulnerabilities: optional(counts([...SEVERITIES, 'fixable', 'suppressed'], { parts: SEVERITIES, listed: true })),
  vex: optional(counts(['statements', 'affected', 'fixed', 'notAffected', 'underInvestigation'])),
  findings: optional(counts([...LEVELS, 'suppressed'], { parts: LEVELS })),
  tests: optional(counts(TESTS, { parts: TESTS })),
  coverage: optional(object({ lines: optional(ratio), branches: optional(ratio) })),
  builders: optional(texts),
  sources: optional(array(object({ repository: optional(text), commit: optional(text) }), { max: FACTS_LIST_MAX })),
  inputImages: optional(array(reference, { max: FACTS_LIST_MAX })),
  baseImage: optional(reference),
  image: optional(
    mapped(
      object({ layers: count, bytes: count, children: count }),
      ({ layers, bytes, children }): Result<ImageSize> => {
        if (children === undefined) return ok({ shape: 'image' as const, layers: layers ?? 1, bytes: bytes ?? 1 });
        if (layers === undefined && bytes === undefined) return ok({ shape: 'index' as const, children });
        return fail('encoding/not-allowed', 'An index has children, and an image layers and bytes: one of the two.');
      },
    ),
  ),
  approvals: optional(
    mapped(
      object({ count, approvers: optional(texts), objectors: optional(texts), changes: optional(list) }),
      ({ count: told, approvers = [], objectors = [], changes = [] }) =>
        ok({ count: told ?? approvers.length, approvers, objectors, changes }),
    ),
  ),
} as const;

/**
 * Facts as a case states them: names and types are those of docs/spec/facts.md §3. What such a document always has, and the
 * case leaves out, is 0 or empty, so that `vulnerabilities: {critical: 1}` is enough.
 */
export const caseFacts = object(facts);

/** The names of facts, as a case states them or says that they are missing. */
export const CASE_FACT_NAMES = Object.keys(facts) as readonly (keyof typeof facts)[];
