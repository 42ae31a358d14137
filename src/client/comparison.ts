import { array, integer, openObject, optional, string } from '../core/encoding/decode.ts';
import { SEVERITIES } from '../core/facts/facts.ts';

/** A comparison lists no more than this of anything. */
const LISTED_MAX = 1_000;

const text = string({ max: 20_000 });
const texts = array(text, { max: LISTED_MAX });
const change = { before: integer(), after: integer() };
const changed = openObject(change);
const named = array(openObject({ name: text }), { max: LISTED_MAX });
const bySeverity = Object.fromEntries(SEVERITIES.map((severity) => [severity, integer()])) as {
  readonly [S in (typeof SEVERITIES)[number]]: ReturnType<typeof integer>;
};
const vulnerabilities = openObject({
  total: integer(),
  ...bySeverity,
  list: array(openObject({ id: text }), { max: LISTED_MAX }),
});

/** What differs in what is stated of an image and of the one before it: as much as is shown of it. */
export const comparison = openObject({
  environment: text,
  previous: optional(openObject({ digest: text, seq: integer(), time: text })),
  reason: optional(text),
  facts: optional(
    openObject({
      components: optional(
        openObject({
          ...change,
          addedCount: integer(),
          removedCount: integer(),
          changedCount: integer(),
          added: named,
          removed: named,
          changed: named,
        }),
      ),
      licences: optional(openObject({ ...change, added: texts })),
      vulnerabilities: optional(openObject({ ...change, new: vulnerabilities, gone: vulnerabilities })),
      findings: optional(openObject({ total: changed })),
      tests: optional(openObject({ total: changed, failed: changed })),
      coverage: optional(openObject({ lines: optional(changed), branches: optional(changed) })),
      image: optional(openObject({ layers: changed, bytes: changed })),
    }),
  ),
});
