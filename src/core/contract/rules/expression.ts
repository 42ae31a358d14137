/** Operators with two operands that both are always evaluated, by what they look like; `[]` is an index. */
export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%' | '[]';

/** An expression as a tree. `at` is its offset in the text. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | string | bigint | number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'select'; readonly of: Expression; readonly member: string }
  | { readonly kind: 'call'; readonly name: string; readonly on?: Expression; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly elements: readonly Expression[] }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'junction'; readonly or: boolean; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
);
