/** Inputs against their schema, before anything else looks at them. Messages name the member and say what was expected. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ProtocolError, invalidEntity, type FieldProblem } from '../../core/protocol/errors.ts';
import type { Operation } from '../../core/protocol/operation.ts';

interface Found {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}
interface Checker {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly Found[];
}
/** Compiled at the first call: compiling all at the start would cost its tenth of a second. */
const checkers = new WeakMap<TSchema, Checker>();

export function checkInput(operation: Operation, input: unknown): void {
  let checker = checkers.get(operation.input);
  if (checker === undefined) {
    checker = Compile(operation.input);
    checkers.set(operation.input, checker);
  }
  if (checker.Check(input)) return;
  const errors = checker.Errors(input);
  const missing = errors.filter((error) => error.keyword === 'required' && error.instancePath === '').flatMap((error) => namesOf(error.params, 'requiredProperties'));
  if (missing.length > 0) throw new ProtocolError({ status: 400, message: `Bad Request: ${missing.map((name) => `required argument [${name}] is not given`).join(', ')}`, errors: missing.map((name) => ({ path: name, message: 'is required' })) });
  throw invalidEntity(problemsOf(operation, errors));
}

function problemsOf(operation: Operation, errors: readonly Found[]): readonly FieldProblem[] {
  // Of a union every branch complains; the sentence about the union itself is the last one of its place.
  const unions = new Set(errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath));
  const problems: FieldProblem[] = [];
  for (const error of errors) {
    if (unions.has(error.instancePath) && error.keyword !== 'anyOf') continue;
    const path = error.instancePath.split('/').slice(1).map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~')).join('.');
    if (error.keyword === 'required') for (const name of namesOf(error.params, 'requiredProperties')) problems.push({ path: path === '' ? name : `${path}.${name}`, message: 'is required' });
    else problems.push({ path: path === '' ? operation.name : path, message: sentenceOf(operation, error) });
    if (problems.length >= 50) break;
  }
  return problems;
}

function sentenceOf(operation: Operation, error: Found): string {
  const limit = 'limit' in error.params ? String(error.params.limit) : '';
  switch (error.keyword) {
    case 'minimum': return `must be greater than or equal to ${limit}`;
    case 'maximum': return `must be less than or equal to ${limit}`;
    case 'anyOf': {
      const words = literalsAt(operation.input, error.instancePath);
      return words.length === 0 ? error.message : `must be one of ${words.join(', ')}`;
    }
    default: return error.message;
  }
}

function namesOf(params: object, member: string): readonly string[] {
  const names: unknown = Object.entries(params).find(([name]) => name === member)?.[1];
  return Array.isArray(names) ? names.map(String) : [];
}

/** The words of a union of literals, found by the path of the value. */
function literalsAt(schema: unknown, path: string): readonly string[] {
  let here: unknown = schema;
  for (const part of path.split('/').slice(1)) here = memberOf(memberOf(here, 'properties'), part) ?? memberOf(here, 'items');
  const branches = memberOf(here, 'anyOf');
  return Array.isArray(branches) ? branches.flatMap((branch: unknown) => { const word = memberOf(branch, 'const'); return word === undefined ? [] : [String(word)]; }) : [];
}

const memberOf = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);
