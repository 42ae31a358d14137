import { type Fault, fail, ok, type Result } from '../../fault.ts';
import { RULE_CHARACTERS_MAX, RULE_DEPTH_MAX, RULE_NODES_MAX } from '../../limits.ts';
import type { BinaryOperator, Expression } from './expression.ts';
import { readTokens, type Token } from './tokens.ts';

/** Names that the language keeps for itself; members may have them. Source: cel-spec, langdef.md, "Syntax". */
const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const RELATIONS = ['==', '!=', '<=', '>=', '<', '>', 'in'] as const;

/**
 * An expression of the language of docs/spec/rules.md §2. Faults, with the offset in the text as `at`:
 * `contract/rule-malformed`, `contract/rule-too-complex`.
 */
export function parseExpression(text: string): Result<Expression> {
  if (text.length > RULE_CHARACTERS_MAX) return tooComplex('It has too many characters', 0);
  const tokens = readTokens(text);
  if (!tokens.ok) return tokens;
  const parser = new Parser(tokens.value);
  const expression = parser.whole();
  return expression === undefined ? { ok: false, fault: parser.fault } : ok(expression);
}

/** Goes down one rule of the grammar a method. The first thing that does not fit is kept, and everything above gives up. */
class Parser {
  readonly #tokens: readonly Token[];
  #place = 0;
  #nodes = 0;
  #depth = 0;
  #fault: Fault | undefined;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get fault(): Fault {
    return this.#fault ?? { code: 'contract/rule-malformed', message: 'The expression does not read.', at: '0' };
  }

  whole(): Expression | undefined {
    const expression = this.#expression();
    if (expression !== undefined && this.#now.kind !== 'end') return this.#unexpected();
    return expression;
  }

  #expression(): Expression | undefined {
    return this.#deeper(() => {
      const condition = this.#junction(true);
      if (condition === undefined || !this.#takes('?')) return condition;
      const yes = this.#junction(true);
      if (yes === undefined || !this.#expects(':')) return undefined;
      const no = this.#expression();
      return no === undefined ? undefined : this.#node({ kind: 'choice', condition, yes, no, at: condition.at });
    });
  }

  #junction(or: boolean): Expression | undefined {
    const side = () => (or ? this.#junction(false) : this.#relation());
    let left = side();
    while (left !== undefined && this.#takes(or ? '||' : '&&')) {
      const right = side();
      left = right === undefined ? undefined : this.#node({ kind: 'junction', or, left, right, at: left.at });
    }
    return left;
  }

  /** One comparison: what two of them in a row would mean, readers disagree on. */
  #relation(): Expression | undefined {
    const left = this.#sum();
    const operator = left === undefined ? undefined : RELATIONS.find((sign) => this.#takes(sign));
    if (left === undefined || operator === undefined) return left;
    const right = this.#sum();
    if (right === undefined) return undefined;
    const { kind, at } = this.#now;
    if (kind === 'sign' && RELATIONS.some((sign) => this.#is(sign))) {
      return this.#stop(
        'contract/rule-malformed',
        'One comparison follows another: put brackets around one of them',
        at,
      );
    }
    return this.#node({ kind: 'binary', operator, left, right, at: left.at });
  }

  #sum(): Expression | undefined {
    return this.#chain(['+', '-'], () => this.#product());
  }

  #product(): Expression | undefined {
    return this.#chain(['*', '/', '%'], () => this.#unary());
  }

  #chain(operators: readonly BinaryOperator[], operand: () => Expression | undefined): Expression | undefined {
    let left = operand();
    for (;;) {
      const operator = left === undefined ? undefined : operators.find((sign) => this.#takes(sign));
      if (left === undefined || operator === undefined) return left;
      const right = operand();
      left = right === undefined ? undefined : this.#node({ kind: 'binary', operator, left, right, at: left.at });
    }
  }

  #unary(): Expression | undefined {
    const { at } = this.#now;
    const operator = (['!', '-'] as const).find((sign) => this.#takes(sign));
    if (operator === undefined) return this.#member();
    return this.#deeper(() => {
      const operand = this.#unary();
      return operand === undefined ? undefined : this.#node({ kind: 'unary', operator, operand, at });
    });
  }

  #member(): Expression | undefined {
    let of = this.#primary();
    while (of !== undefined) {
      if (this.#takes('.')) of = this.#selection(of);
      else if (this.#takes('[')) of = this.#index(of);
      else return of;
    }
    return undefined;
  }

  #selection(of: Expression): Expression | undefined {
    const member = this.#now;
    if (member.kind !== 'name') return this.#unexpected();
    this.#place += 1;
    const { at } = of;
    if (!this.#takes('(')) return this.#node({ kind: 'select', of, member: member.text, at });
    const args = this.#listUntil(')', false);
    return args === undefined ? undefined : this.#node({ kind: 'call', name: member.text, on: of, args, at });
  }

  #index(left: Expression): Expression | undefined {
    const right = this.#expression();
    if (right === undefined || !this.#expects(']')) return undefined;
    return this.#node({ kind: 'binary', operator: '[]', left, right, at: left.at });
  }

  #primary(): Expression | undefined {
    const token = this.#now;
    const { at } = token;
    if (token.kind === 'literal') {
      this.#place += 1;
      return this.#node({ kind: 'literal', value: token.value, at });
    }
    if (token.kind === 'name') {
      if (RESERVED.has(token.text)) return this.#unexpected();
      this.#place += 1;
      if (!this.#takes('(')) return this.#node({ kind: 'name', name: token.text, at });
      const args = this.#listUntil(')', false);
      return args === undefined ? undefined : this.#node({ kind: 'call', name: token.text, args, at });
    }
    if (this.#takes('(')) {
      const inside = this.#expression();
      return inside !== undefined && this.#expects(')') ? inside : undefined;
    }
    if (!this.#takes('[')) return this.#unexpected();
    const elements = this.#listUntil(']', true);
    return elements === undefined ? undefined : this.#node({ kind: 'list', elements, at });
  }

  /** Expressions with commas between them; in a list a comma may also stand at the end. */
  #listUntil(end: string, trailing: boolean): readonly Expression[] | undefined {
    const elements: Expression[] = [];
    if (this.#takes(end)) return elements;
    for (;;) {
      const element = this.#expression();
      if (element === undefined) return undefined;
      elements.push(element);
      if (this.#takes(end)) return elements;
      if (!this.#expects(',')) return undefined;
      if (trailing && this.#takes(end)) return elements;
    }
  }

  get #now(): Token {
    return this.#tokens[this.#place] ?? { kind: 'end', at: 0 };
  }

  #is(sign: string): boolean {
    const now = this.#now;
    return now.kind === 'sign' && now.text === sign;
  }

  #takes(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#place += 1;
    return true;
  }

  #expects(sign: string): boolean {
    if (this.#takes(sign)) return true;
    this.#stop('contract/rule-malformed', `Here stands no "${sign}"`, this.#now.at);
    return false;
  }

  #unexpected(): undefined {
    const { kind, at } = this.#now;
    const message = kind === 'end' ? 'The expression ends too early' : 'A word stands where none of its kind can';
    return this.#stop('contract/rule-malformed', message, at);
  }

  #node<E extends Expression>(expression: E): E | undefined {
    this.#nodes += 1;
    if (this.#nodes <= RULE_NODES_MAX) return expression;
    return this.#stop('contract/rule-too-complex', 'It has too many parts', expression.at);
  }

  #deeper(read: () => Expression | undefined): Expression | undefined {
    if (this.#depth >= RULE_DEPTH_MAX) {
      return this.#stop('contract/rule-too-complex', 'Its parts stand too deep within each other', this.#now.at);
    }
    this.#depth += 1;
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #stop(code: Fault['code'], message: string, at: number): undefined {
    this.#fault ??= { code, message: `${message}.`, at: String(at) };
    return undefined;
  }
}

function tooComplex(message: string, at: number): Result<never> {
  return fail('contract/rule-too-complex', `${message}.`, String(at));
}
