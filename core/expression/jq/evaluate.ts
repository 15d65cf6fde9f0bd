// Runs a jq tree. Every filter hands its results to a callback, one after the other; where a path is asked for, it travels along.
import type { Evaluation } from '../evaluation.ts';
import { deeper, fail, spend, spendText } from '../evaluation.ts';
import { isList, isMap } from '../value/kinds.ts';
import { entriesOf, mapFrom, newMap } from '../value/maps.ts';
import { formatValue, plainText } from './formats.ts';
import type { JqDefinition, JqNode, JqOperator, JqPattern } from './syntax.ts';
import type { JqPath, JqStep } from './values.ts';
import { deletePaths, getPath, isTrue, JqError, kindOf, newCopies, normal, operate, setPath, sliceStep, valueAt } from './values.ts';

/** A value with where it came from; undefined when that is not asked for or it was made on the way. */
export interface Located {
  readonly value: unknown;
  readonly path: JqPath | undefined;
}

/** Takes the results of a filter. */
export type Emit = (result: Located) => void;

/** Names in sight, the innermost first. */
export type Scope =
  | { readonly type: 'variable'; readonly name: string; readonly value: unknown; readonly parent: Scope | undefined }
  | { readonly type: 'function'; readonly definition: JqDefinition; readonly parent: Scope | undefined }
  | { readonly type: 'argument'; readonly name: string; readonly closure: Closure; readonly parent: Scope | undefined }
  | { readonly type: 'label'; readonly name: string; readonly mark: symbol; readonly parent: Scope | undefined };

/** A filter given as an argument, with the names it sees. */
export interface Closure {
  readonly node: JqNode;
  readonly scope: Scope | undefined;
}

/** Functions that are not written in jq. */
export type Builtin = (machine: Machine, args: readonly Closure[], input: Located, emit: Emit) => void;

/** One run. */
export interface Machine {
  readonly evaluation: Evaluation;
  readonly builtins: ReadonlyMap<string, Builtin>;
  /** The definitions that every expression sees. */
  readonly prelude: Scope | undefined;
}

/** Leaves a generator early: `break`, `first`, `limit`. Not an Error, whose stack trace would cost more than the work that is saved. */
class Stop {
  readonly mark: symbol;

  constructor(mark: symbol) {
    this.mark = mark;
  }
}

/** Runs something that may be left by `stop()`. */
export function stoppable(run: (stop: () => never) => void): void {
  const mark = Symbol('stop');
  try {
    run(() => {
      throw new Stop(mark);
    });
  } catch (thrown) {
    if (!(thrown instanceof Stop) || thrown.mark !== mark) throw thrown;
  }
}

/** Runs a closure on an input. */
export function runClosure(machine: Machine, closure: Closure, input: Located, emit: Emit): void {
  run(machine, closure.node, closure.scope, input, emit);
}

/** The results of a closure, without paths. */
export function valuesOf(machine: Machine, closure: Closure, value: unknown, emit: (value: unknown) => void): void {
  run(machine, closure.node, closure.scope, { value, path: undefined }, (result) => emit(result.value));
}

/** The paths that a closure goes to. */
export function pathsOf(machine: Machine, closure: Closure, value: unknown): readonly JqPath[] {
  const paths: JqPath[] = [];
  run(machine, closure.node, closure.scope, { value, path: [] }, (result) => paths.push(requirePath(result)));
  return paths;
}

function requirePath(result: Located): JqPath {
  if (result.path === undefined) throw new JqError(`Invalid path expression with result of kind ${kindOf(result.value)}`);
  return result.path;
}

/** Runs a filter on an input. */
export function run(machine: Machine, node: JqNode, scope: Scope | undefined, input: Located, emit: Emit): void {
  const { evaluation } = machine;
  spend(evaluation, 1);
  switch (node.type) {
    case 'identity':
      return emit(input);
    case 'literal':
      return plain(emit, node.value);
    case 'text':
      return runText(machine, node, scope, input, 0, '', plainly(emit));
    case 'format':
      return plain(emit, formatValue(evaluation, node.name, input.value));
    case 'index':
      return run(machine, node.target, scope, input, (target) => values(machine, scope, input, node.key, (key) => emit(stepTo(evaluation, target, key))));
    case 'slice':
      return run(machine, node.target, scope, input, (target) =>
        optional(machine, scope, input, node.to, (end) => optional(machine, scope, input, node.from, (start) => emit(stepTo(evaluation, target, mapFrom([['start', start], ['end', end]]))))),
      );
    case 'iterate':
      return run(machine, node.target, scope, input, (target) => iterate(evaluation, target, emit));
    case 'try':
      return runTry(machine, node.body, node.handler, scope, input, emit);
    case 'pipe':
      return run(machine, node.left, scope, input, (result) => run(machine, node.right, scope, result, emit));
    case 'comma':
      run(machine, node.left, scope, input, emit);
      return run(machine, node.right, scope, input, emit);
    case 'binary':
      return values(machine, scope, input, node.right, (right) => values(machine, scope, input, node.left, (left) => plain(emit, operate(evaluation, node.operator, left, right))));
    case 'and':
      return values(machine, scope, input, node.left, (left) => (isTrue(left) ? values(machine, scope, input, node.right, (right) => plain(emit, isTrue(right))) : plain(emit, false)));
    case 'or':
      return values(machine, scope, input, node.left, (left) => (isTrue(left) ? plain(emit, true) : values(machine, scope, input, node.right, (right) => plain(emit, isTrue(right)))));
    case 'alternative':
      return runAlternative(machine, node, scope, input, emit);
    case 'update':
      return runUpdate(machine, node, scope, input, plainly(emit));
    case 'negate':
      return values(machine, scope, input, node.operand, (value) => (typeof value === 'number' ? plain(emit, -value) : raise(`${kindOf(value)} cannot be negated`)));
    case 'if':
      return values(machine, scope, input, node.condition, (condition) => {
        const branch = isTrue(condition) ? node.then : node.otherwise;
        if (branch === undefined) emit(input);
        else run(machine, branch, scope, input, emit);
      });
    case 'array': {
      const items: unknown[] = [];
      if (node.body !== undefined) {
        values(machine, scope, input, node.body, (value) => {
          spend(evaluation, 1 / 8);
          items.push(value);
        });
      }
      return plain(emit, items);
    }
    case 'object':
      return runObject(machine, node, scope, input, 0, [], plainly(emit));
    case 'variable':
      return plain(emit, variable(scope, node.name));
    case 'bind':
      return values(machine, scope, input, node.source, (value) => runBind(machine, node.patterns, node.body, scope, input, value, emit));
    case 'reduce':
      return values(machine, scope, input, node.initial, (initial) => {
        let state: unknown = initial;
        values(machine, scope, input, node.source, (value) =>
          bind(machine, node.pattern, scope, input, value, (inner) => {
            let next: unknown = null;
            run(machine, node.update, inner, { value: state, path: undefined }, (result) => {
              next = result.value;
            });
            state = next;
          }),
        );
        plain(emit, state);
      });
    case 'foreach':
      return values(machine, scope, input, node.initial, (initial) => {
        let state: unknown = initial;
        values(machine, scope, input, node.source, (value) =>
          bind(machine, node.pattern, scope, input, value, (inner) =>
            run(machine, node.update, inner, { value: state, path: undefined }, (result) => {
              state = result.value;
              if (node.extract === undefined) plain(emit, state);
              else run(machine, node.extract, inner, { value: state, path: undefined }, emit);
            }),
          ),
        );
      });
    case 'def':
      return run(machine, node.rest, { type: 'function', definition: node.definition, parent: scope }, input, emit);
    case 'call':
      return call(machine, node.name, node.args, scope, input, emit);
    case 'label': {
      const mark = Symbol(node.name);
      try {
        return run(machine, node.body, { type: 'label', name: node.name, mark, parent: scope }, input, emit);
      } catch (thrown) {
        if (thrown instanceof Stop && thrown.mark === mark) return;
        throw thrown;
      }
    }
    case 'break':
      throw new Stop(labelMark(machine, scope, node.name));
  }
}

function withoutPath(input: Located): Located {
  return input.path === undefined ? input : { value: input.value, path: undefined };
}

function values(machine: Machine, scope: Scope | undefined, input: Located, node: JqNode, use: (value: unknown) => void): void {
  run(machine, node, scope, withoutPath(input), (result) => use(result.value));
}

function optional(machine: Machine, scope: Scope | undefined, input: Located, node: JqNode | undefined, use: (value: unknown) => void): void {
  if (node === undefined) use(null);
  else values(machine, scope, input, node, use);
}

function plain(emit: Emit, value: unknown): void {
  emit({ value, path: undefined });
}

function plainly(emit: Emit): (value: unknown) => void {
  return (value) => emit({ value, path: undefined });
}

function raise(message: string): never {
  throw new JqError(message);
}

/** One step into a value, the path along with it. */
function stepTo(evaluation: Evaluation, target: Located, key: unknown): Located {
  const value = valueAt(evaluation, target.value, key);
  if (target.path === undefined) return { value, path: undefined };
  return { value, path: [...target.path, stepOf(key)] };
}

function stepOf(key: unknown): JqStep {
  if (typeof key === 'string' || typeof key === 'number') return key;
  return isMap(key) ? sliceStep(key) : raise(`Invalid path step of kind ${kindOf(key)}`);
}

/** `.[]`: every item or value. */
export function iterate(evaluation: Evaluation, target: Located, emit: Emit): void {
  const { value, path } = target;
  if (isList(value)) {
    value.forEach((item, index) => emit({ value: normal(item), path: path === undefined ? undefined : [...path, index] }));
  } else if (isMap(value)) {
    for (const [key, item] of entriesOf(value)) emit({ value: normal(item), path: path === undefined ? undefined : [...path, key] });
  } else raise(`Cannot iterate over ${kindOf(value)}`);
  spend(evaluation, 1);
}

function runTry(machine: Machine, body: JqNode, handler: JqNode | undefined, scope: Scope | undefined, input: Located, emit: Emit): void {
  // An error of what comes after the body is not the body's, so it passes.
  let isLater = false;
  try {
    run(machine, body, scope, input, (result) => {
      isLater = true;
      emit(result);
      isLater = false;
    });
  } catch (thrown) {
    if (isLater || !(thrown instanceof JqError)) throw thrown;
    if (handler !== undefined) run(machine, handler, scope, { value: thrown.value, path: undefined }, emit);
  }
}

function runAlternative(machine: Machine, node: JqNode & { readonly type: 'alternative' }, scope: Scope | undefined, input: Located, emit: Emit): void {
  const found: Located[] = [];
  try {
    run(machine, node.left, scope, input, (result) => {
      spend(machine.evaluation, 1 / 8);
      if (isTrue(result.value)) found.push(result);
    });
  } catch (thrown) {
    if (!(thrown instanceof JqError)) throw thrown;
  }
  if (found.length === 0) run(machine, node.right, scope, input, emit);
  else found.forEach(emit);
}

function runText(machine: Machine, node: JqNode & { readonly type: 'text' }, scope: Scope | undefined, input: Located, index: number, text: string, emit: (value: unknown) => void): void {
  const part = node.parts[index];
  if (part === undefined) return emit(text);
  if (typeof part === 'string') return runText(machine, node, scope, input, index + 1, text + part, emit);
  run(machine, part, scope, withoutPath(input), ({ value }) => {
    const piece = node.format === undefined ? plainText(machine.evaluation, value) : formatValue(machine.evaluation, node.format, value);
    spendText(machine.evaluation, text.length + piece.length);
    runText(machine, node, scope, input, index + 1, text + piece, emit);
  });
}

function runObject(
  machine: Machine,
  node: JqNode & { readonly type: 'object' },
  scope: Scope | undefined,
  input: Located,
  index: number,
  entries: readonly (readonly [string, unknown])[],
  emit: (value: unknown) => void,
): void {
  const entry = node.entries[index];
  if (entry === undefined) return emit(mapFrom(entries));
  run(machine, entry.key, scope, withoutPath(input), ({ value: key }) => {
    if (typeof key !== 'string') raise(`Object keys must be strings, found ${kindOf(key)}`);
    else run(machine, entry.value, scope, withoutPath(input), ({ value }) => runObject(machine, node, scope, input, index + 1, [...entries, [key, value]], emit));
  });
}

const updateOperators: Readonly<Record<string, JqOperator>> = { '+=': '+', '-=': '-', '*=': '*', '/=': '/', '%=': '%' };

function runUpdate(machine: Machine, node: JqNode & { readonly type: 'update' }, scope: Scope | undefined, input: Located, emit: (value: unknown) => void): void {
  const { evaluation } = machine;
  const paths = pathsOf(machine, { node: node.left, scope }, input.value);
  if (node.operator === '|=') return emit(updatedByFilter(machine, node.right, scope, input.value, paths));
  run(machine, node.right, scope, withoutPath(input), ({ value: right }) => {
    const update = (before: unknown): unknown => {
      if (node.operator === '=') return right;
      if (node.operator === '//=') return isTrue(before) ? before : right;
      const operator = updateOperators[node.operator];
      return operator === undefined ? right : operate(evaluation, operator, before, right);
    };
    const copies = newCopies();
    emit(paths.reduce((current, path) => setPath(evaluation, current, path, update, copies), input.value));
  });
}

/** `|=` takes the first result of the filter; where there is none, the place is deleted. */
function updatedByFilter(machine: Machine, filter: JqNode, scope: Scope | undefined, value: unknown, paths: readonly JqPath[]): unknown {
  const { evaluation } = machine;
  const emptied: JqPath[] = [];
  const copies = newCopies();
  const updated = paths.reduce((current, path) => {
    let first: Located | undefined;
    stoppable((stop) =>
      run(machine, filter, scope, { value: getPath(evaluation, current, path), path: undefined }, (result) => {
        first = result;
        stop();
      }),
    );
    const found = first;
    if (found === undefined) emptied.push(path);
    return found === undefined ? current : setPath(evaluation, current, path, () => found.value, copies);
  }, value);
  return emptied.length === 0 ? updated : deletePaths(evaluation, updated, emptied);
}

/** Tries the patterns of `as … ?// …` in turn: the next when the body fails. */
function runBind(machine: Machine, patterns: readonly JqPattern[], body: JqNode, scope: Scope | undefined, input: Located, value: unknown, emit: Emit): void {
  const [pattern, ...others] = patterns;
  if (pattern === undefined) return;
  // Names of the other patterns are null.
  const nulls = patterns.length === 1 ? scope : patterns.flatMap(namesOf).reduce<Scope | undefined>((parent, name) => ({ type: 'variable', name, value: null, parent }), scope);
  const attempt = (): void => bind(machine, pattern, nulls, input, value, (inner) => run(machine, body, inner, input, emit));
  if (others.length === 0) return attempt();
  try {
    attempt();
  } catch (thrown) {
    if (!(thrown instanceof JqError)) throw thrown;
    runBind(machine, others, body, scope, input, value, emit);
  }
}

function namesOf(pattern: JqPattern): readonly string[] {
  switch (pattern.type) {
    case 'variable': return [pattern.name];
    case 'list': return pattern.items.flatMap(namesOf);
    case 'map': return pattern.entries.flatMap(({ variable: name, pattern: inner }) => [...(name === undefined ? [] : [name]), ...(inner === undefined ? [] : namesOf(inner))]);
  }
}

function bind(machine: Machine, pattern: JqPattern, scope: Scope | undefined, input: Located, value: unknown, use: (scope: Scope | undefined) => void): void {
  switch (pattern.type) {
    case 'variable':
      return use({ type: 'variable', name: pattern.name, value, parent: scope });
    case 'list': {
      const bindItem = (index: number, inner: Scope | undefined): void => {
        const item = pattern.items[index];
        if (item === undefined) use(inner);
        else bind(machine, item, inner, input, valueAt(machine.evaluation, value, index), (next) => bindItem(index + 1, next));
      };
      return bindItem(0, scope);
    }
    case 'map': {
      const bindEntry = (index: number, inner: Scope | undefined): void => {
        const entry = pattern.entries[index];
        if (entry === undefined) return use(inner);
        run(machine, entry.key, inner, withoutPath(input), ({ value: key }) => {
          const item = valueAt(machine.evaluation, value, key);
          const named: Scope | undefined = entry.variable === undefined ? inner : { type: 'variable', name: entry.variable, value: item, parent: inner };
          if (entry.pattern === undefined) bindEntry(index + 1, named);
          else bind(machine, entry.pattern, named, input, item, (next) => bindEntry(index + 1, next));
        });
      };
      return bindEntry(0, scope);
    }
  }
}

function variable(scope: Scope | undefined, name: string): unknown {
  for (let at = scope; at !== undefined; at = at.parent) if (at.type === 'variable' && at.name === name) return at.value;
  if (name === '$ENV') return newMap();
  return raise(`${name} is not defined`);
}

function labelMark(machine: Machine, scope: Scope | undefined, name: string): symbol {
  for (let at = scope; at !== undefined; at = at.parent) if (at.type === 'label' && at.name === name) return at.mark;
  return fail(machine.evaluation, 'function', `The filter \`jq\` failed: the label ${name} is not defined`);
}

function call(machine: Machine, name: string, args: readonly JqNode[], scope: Scope | undefined, input: Located, emit: Emit): void {
  const found = functionNamed(scope, name, args.length) ?? functionNamed(machine.prelude, name, args.length);
  if (found?.type === 'argument') return deeper(machine.evaluation, () => runClosure(machine, found.closure, input, emit));
  const closures = args.map((node): Closure => ({ node, scope }));
  if (found !== undefined) return deeper(machine.evaluation, () => callDefined(machine, found, closures, input, emit));
  const builtin = machine.builtins.get(`${name}/${args.length}`);
  if (builtin === undefined) return fail(machine.evaluation, 'function', `The filter \`jq\` failed: ${name}/${args.length} is not defined`);
  return builtin(machine, closures, input, emit);
}

function functionNamed(scope: Scope | undefined, name: string, argumentCount: number): (Scope & { readonly type: 'function' | 'argument' }) | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    if (at.type === 'function' && at.definition.name === name && at.definition.parameters.length === argumentCount) return at;
    if (at.type === 'argument' && at.name === name && argumentCount === 0) return at;
  }
  return undefined;
}

/** The body sees its own definition (recursion) and what was in sight where it was defined. */
function callDefined(machine: Machine, found: Scope & { readonly type: 'function' }, closures: readonly Closure[], input: Located, emit: Emit): void {
  const { parameters, body } = found.definition;
  const enter = (index: number, scope: Scope): void => {
    const parameter = parameters[index];
    const closure = closures[index];
    if (parameter === undefined || closure === undefined) return run(machine, body, scope, input, emit);
    if (!parameter.startsWith('$')) return enter(index + 1, { type: 'argument', name: parameter, closure, parent: scope });
    valuesOf(machine, closure, input.value, (value) => {
      const literal: Closure = { node: { type: 'literal', value }, scope: undefined };
      enter(index + 1, { type: 'variable', name: parameter, value, parent: { type: 'argument', name: parameter.slice(1), closure: literal, parent: scope } });
    });
  };
  enter(0, found);
}
