import { type ASTNode, Environment, type ObjectSchema } from '@marcbachmann/cel-js';
import type { Facts } from '../../facts/facts.ts';
import { fail, ok, type Result } from '../../fault.ts';

const ATTESTATION = {
  predicateType: 'string',
  stage: 'string',
  repository: 'string',
  signer: 'string',
  assurance: 'string',
} as const;
const IMAGE = { digest: 'string', repository: 'string' } as const;

const bySeverity = {
  critical: 'int',
  high: 'int',
  medium: 'int',
  low: 'int',
  negligible: 'int',
  unknown: 'int',
} as const;
const ratio = { basisPoints: 'int', covered: 'int', total: 'int' } as const;

/** Facts of an image (docs/spec/facts.md §3); each may be absent, which `has` tells. */
const FACTS = {
  components: { count: 'int', list: 'list<dyn>' },
  licences: { count: 'int', unstated: 'int', list: 'list<dyn>' },
  vulnerabilities: { ...bySeverity, total: 'int', fixable: 'int', suppressed: 'int', list: 'list<dyn>' },
  vex: { statements: 'int', affected: 'int', fixed: 'int', notAffected: 'int', underInvestigation: 'int' },
  findings: { error: 'int', warning: 'int', note: 'int', none: 'int', total: 'int', suppressed: 'int' },
  tests: { total: 'int', passed: 'int', failed: 'int', skipped: 'int' },
  coverage: { lines: ratio, branches: ratio },
  builders: 'list<string>',
  sources: 'list<dyn>',
  inputImages: 'list<dyn>',
  baseImage: { name: 'string', digest: 'string' },
  image: { shape: 'string', layers: 'int', bytes: 'int', children: 'int' },
  approvals: { count: 'int', approvers: 'list<string>', objectors: 'list<string>', changes: 'list<dyn>' },
} as const satisfies { readonly [K in keyof Required<Facts>]: unknown };

/** A selection of anything; its own `has` takes one of a name alone. Of the same length, so that places stay. */
const HAS = 'hax';

/** What another implementation of CEL knows of these variables of rules. */
function checkerOf(variables: readonly string[]): Environment {
  const checker = new Environment({ homogeneousAggregateLiterals: false });
  for (const name of variables) {
    const schema = SCHEMAS[name];
    if (schema === undefined) checker.registerVariable(name, 'dyn');
    else checker.registerVariable({ name, schema });
  }
  return checker.registerFunction(`${HAS}(ast): bool`, ({ args: [arg] }: { readonly args: readonly [ASTNode] }) => ({
    typeCheck: (of: Checker, _: unknown, context: unknown) => {
      if (arg.op === '.') of.check(arg.args[0], context);
      return of.getType('bool');
    },
    evaluate: () => false,
  }));
}

const SCHEMAS: Readonly<Record<string, ObjectSchema>> = {
  attestation: ATTESTATION,
  image: IMAGE,
  facts: FACTS,
  previous: { digest: 'string', facts: FACTS },
};

/** What a macro of that implementation is given to check types with. */
type Checker = {
  readonly check: (node: ASTNode, context: unknown) => unknown;
  readonly getType: (name: string) => unknown;
};

/**
 * Whether an expression that reads also makes sense: its types fit, and it may come to true. Asked before a contract is
 * published and never of one that is in a ledger, so that no verdict rests on it. Judged by an implementation of CEL that is
 * not ours: what the two read differently is not published either. Fault: `contract/rule-type`, with the offset as `at`.
 */
export function checkRuleTypes(text: string, variables: readonly string[]): Result<unknown> {
  const { valid, type = 'dyn', error } = checkerOf(variables).check(text.replaceAll(/\bhas(?=\s*\()/g, HAS));
  if (!valid) {
    const { summary = 'The types do not fit', range } = error ?? {};
    return fail('contract/rule-type', `${summary}.`, String(range?.start ?? 0));
  }
  if (type === 'bool' || type === 'dyn') return ok(undefined);
  return fail('contract/rule-type', `It comes to ${type}, never to true.`, '0');
}
