// The syntax tree. Every node knows where it stands in the template: offset and length in UTF-16 units.

/** A piece of the template. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Something wrong with a template, for the editor. `unknown` names a filter, function or test that does not exist. */
export interface Problem extends Span {
  readonly message: string;
  readonly kind: 'syntax' | 'unknown';
}

/** An argument of a call; positional when `name` is undefined. */
export interface ArgumentNode extends Span {
  readonly name: string | undefined;
  readonly value: ExpressionNode;
}

/** A filter, function, macro or test with its arguments; the span is that of the name. */
export interface CallNode extends Span {
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
}

/** Operators between two operands. */
export type BinaryOperator =
  | 'or' | 'and' | 'contains' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%' | '~' | '..' | '??' | '???';

/** Operators before their operand. */
export type UnaryOperator = 'not' | '-' | '+';

/** What stands between `{{` and `}}`. */
export type ExpressionNode =
  | (Span & { readonly type: 'literal'; readonly value: unknown })
  | (Span & { readonly type: 'interpolation'; readonly parts: readonly ExpressionNode[] })
  | (Span & { readonly type: 'name'; readonly name: string })
  | (Span & { readonly type: 'attribute'; readonly target: ExpressionNode; readonly key: ExpressionNode })
  | (Span & { readonly type: 'method'; readonly target: ExpressionNode; readonly call: CallNode })
  | (Span & { readonly type: 'call'; readonly call: CallNode })
  | (Span & { readonly type: 'filter'; readonly input: ExpressionNode; readonly call: CallNode })
  | (Span & { readonly type: 'test'; readonly input: ExpressionNode; readonly call: CallNode; readonly negated: boolean })
  | (Span & { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: ExpressionNode })
  | (Span & { readonly type: 'binary'; readonly operator: BinaryOperator; readonly left: ExpressionNode; readonly right: ExpressionNode })
  | (Span & { readonly type: 'ternary'; readonly condition: ExpressionNode; readonly then: ExpressionNode; readonly otherwise: ExpressionNode })
  | (Span & { readonly type: 'list'; readonly items: readonly ExpressionNode[] })
  | (Span & { readonly type: 'map'; readonly entries: readonly { readonly key: ExpressionNode; readonly value: ExpressionNode }[] });

/** A parameter of a macro. */
export interface ParameterNode extends Span {
  readonly name: string;
  readonly defaultValue: ExpressionNode | undefined;
}

/** What a template is made of. */
export type TemplateNode =
  | (Span & { readonly type: 'text'; readonly text: string })
  | (Span & { readonly type: 'raw'; readonly text: string })
  | (Span & { readonly type: 'print'; readonly expression: ExpressionNode })
  | (Span & { readonly type: 'if'; readonly branches: readonly { readonly condition: ExpressionNode; readonly body: Body }[]; readonly otherwise: Body | undefined })
  | (Span & { readonly type: 'for'; readonly variable: string; readonly iterable: ExpressionNode; readonly body: Body; readonly otherwise: Body | undefined })
  | (Span & { readonly type: 'set'; readonly name: string; readonly value: ExpressionNode })
  | (Span & { readonly type: 'macro'; readonly name: string; readonly parameters: readonly ParameterNode[]; readonly body: Body })
  | (Span & { readonly type: 'block'; readonly name: string; readonly body: Body })
  | (Span & { readonly type: 'filterTag'; readonly calls: readonly CallNode[]; readonly body: Body });

/** A run of nodes. */
export type Body = readonly TemplateNode[];
