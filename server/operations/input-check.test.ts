import { Type } from 'typebox';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError, type Problem } from '../../core/protocol/errors.ts';
import { operation } from '../../core/protocol/operation.ts';
import { checkInput } from './input-check.ts';

const sample = operation<null>()({
  name: 'test.sample', doc: '', permission: 'open', audited: false, rest: [],
  input: Type.Object({ id: Type.String({ maxLength: 5 }), size: Type.Optional(Type.Integer({ minimum: 1 })), body: Type.Optional(Type.Object({ role: Type.Union([Type.Literal('a'), Type.Literal('b')]), list: Type.Optional(Type.Array(Type.Integer())) })) }),
});
function problemOf(input: unknown): Problem | undefined {
  try {
    checkInput(sample, input);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.problem;
    throw error;
  }
}

test('an input that fits is let through, with members that nobody knows', () => {
  assert.is(problemOf({ id: 'x', size: 3, more: true }), undefined);
});
test('a missing argument is a bad request, a missing member of a body an invalid entity', () => {
  assert.equal(problemOf({}), { status: 400, message: 'Bad Request: required argument [id] is not given', errors: [{ path: 'id', message: 'is required' }] });
  assert.equal(problemOf({ id: 'x', body: {} }), { status: 422, message: 'Invalid entity: body.role: is required', errors: [{ path: 'body.role', message: 'is required' }] });
});
test('each wrong member is named with what was expected, a union in one sentence', () => {
  assert.equal(problemOf({ id: 'x', size: 0, body: { role: 'c', list: [1, 'two'] } })?.errors, [
    { path: 'size', message: 'must be greater than or equal to 1' }, { path: 'body.role', message: 'must be one of a, b' }, { path: 'body.list.1', message: 'must be integer' },
  ]);
});
test('what is no object at all is refused too', () => {
  for (const input of [null, 17, 'text', [1], undefined]) assert.ok((problemOf(input)?.status ?? 0) >= 400, JSON.stringify(input));
});
test('a list of a thousand mistakes is answered with the first of them', () => {
  const count = problemOf({ id: 'x', body: { role: 'a', list: Array.from({ length: 1000 }, () => 'x') } })?.errors?.length ?? 0;
  assert.ok(count > 0 && count <= 50, String(count));
});
test.run();
