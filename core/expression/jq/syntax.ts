// The syntax tree of a jq expression.

/** Operators of jq between two values. */
export type JqOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Updates: `=` and `|=`, and an operator with `=`. */
export type JqUpdate = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

/** What `as` binds: a variable, or the parts of a list or map. */
export type JqPattern =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly JqPattern[] }
  | { readonly type: 'map'; readonly entries: readonly { readonly key: JqNode; readonly variable: string | undefined; readonly pattern: JqPattern | undefined }[] };

/** A filter of jq: it takes one value and gives none, one or many. */
export type JqNode =
  | { readonly type: 'identity' }
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'text'; readonly parts: readonly (string | JqNode)[]; readonly format: string | undefined }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'index'; readonly target: JqNode; readonly key: JqNode }
  | { readonly type: 'slice'; readonly target: JqNode; readonly from: JqNode | undefined; readonly to: JqNode | undefined }
  | { readonly type: 'iterate'; readonly target: JqNode }
  | { readonly type: 'try'; readonly body: JqNode; readonly handler: JqNode | undefined }
  | { readonly type: 'pipe'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'comma'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'binary'; readonly operator: JqOperator; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'and'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'or'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'alternative'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'update'; readonly operator: JqUpdate; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'negate'; readonly operand: JqNode }
  | { readonly type: 'if'; readonly condition: JqNode; readonly then: JqNode; readonly otherwise: JqNode | undefined }
  | { readonly type: 'array'; readonly body: JqNode | undefined }
  | { readonly type: 'object'; readonly entries: readonly { readonly key: JqNode; readonly value: JqNode }[] }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'bind'; readonly source: JqNode; readonly patterns: readonly JqPattern[]; readonly body: JqNode }
  | { readonly type: 'reduce'; readonly source: JqNode; readonly pattern: JqPattern; readonly initial: JqNode; readonly update: JqNode }
  | { readonly type: 'foreach'; readonly source: JqNode; readonly pattern: JqPattern; readonly initial: JqNode; readonly update: JqNode; readonly extract: JqNode | undefined }
  | { readonly type: 'def'; readonly definition: JqDefinition; readonly rest: JqNode }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly JqNode[] }
  | { readonly type: 'label'; readonly name: string; readonly body: JqNode }
  | { readonly type: 'break'; readonly name: string };

/** `def name(parameters): body;` A parameter that starts with `$` is also a variable. */
export interface JqDefinition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: JqNode;
}
