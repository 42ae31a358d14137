import { z } from 'zod';
import { LEVELS, SEVERITIES } from '../core/facts/facts.ts';
import { component, numbers, vulnerability } from './facts.ts';
import { count, seq, time } from './fields.ts';

const change = { before: count, after: count };
const changed = z.strictObject(change);
const names = z.array(z.string());

function changes<const N extends string>(of: readonly N[]) {
  return z.strictObject(
    Object.fromEntries(of.map((name) => [name, changed])) as { readonly [name in N]: typeof changed },
  );
}

const listed = z.strictObject({ total: count, ...numbers(SEVERITIES), list: z.array(vulnerability) });

const factsChange = z
  .strictObject({
    components: z
      .strictObject({
        ...change,
        addedCount: count,
        removedCount: count,
        changedCount: count,
        added: z.array(component),
        removed: z.array(component),
        changed: z.array(z.strictObject({ name: z.string(), before: names, after: names })),
      })
      .exactOptional(),
    licences: z.strictObject({ ...change, added: names, removed: names }).exactOptional(),
    vulnerabilities: z.strictObject({ ...change, new: listed, gone: listed }).exactOptional(),
    findings: changes(['total', ...LEVELS, 'suppressed']).exactOptional(),
    tests: changes(['total', 'passed', 'failed', 'skipped']).exactOptional(),
    coverage: z.strictObject({ lines: changed.exactOptional(), branches: changed.exactOptional() }).exactOptional(),
    image: changes(['layers', 'bytes']).exactOptional(),
  })
  .meta({
    id: 'FactsChange',
    description: 'What differs in what is stated of both; of every list the first 20. See docs/spec/facts.md.',
  });

export const previousRelease = z
  .strictObject({ digest: z.string(), seq, time })
  .meta({ id: 'PreviousRelease', description: 'The release of another image before, in the same environment.' });

export const comparison = z
  .strictObject({
    environment: z.string(),
    previous: previousRelease.exactOptional(),
    facts: factsChange.exactOptional(),
    reason: z.string().exactOptional().meta({ description: 'Why it cannot be told, as a code.' }),
  })
  .meta({ id: 'Comparison', description: 'The image beside the one that was released to the environment before it.' });
