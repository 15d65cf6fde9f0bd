import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import { parseLiteral } from './kv.ts';

test('JSON literals are what they say', async () => {
  for (const [text, value] of [['"text"', 'text'], ['12', 12], ['1.5', 1.5], ['true', true], ['null', null], ['[1,"a"]', [1, 'a']], [' {"a":{"b":1}} ', { a: { b: 1 } }]] as const) assert.equal(await parseLiteral(text), value, text);
});
test('dates and times stand without quotes', async () => {
  for (const text of ['2024-01-02', '2024-01-02T10:00:00Z', '2024-01-02T10:00:00.123+02:00']) assert.is(await parseLiteral(text), text);
});
test('keys of objects may stand unquoted, also deep inside', async () => {
  assert.equal(await parseLiteral('{a: 1, b: [true, {c: "x"}]}'), { a: 1, b: [true, { c: 'x' }] });
});
test('an unquoted word is refused wherever it stands, and so is nothing', async () => {
  for (const text of ['word', '{a: word}', '[word]', '', '   ', '{a: ', 'a b', '"open', '{{2024}}']) {
    const problem = await parseLiteral(text).then((value) => `accepted ${JSON.stringify(value)}`, (error: unknown) => (error instanceof ProtocolError ? error.problem.status : String(error)));
    assert.is(problem, 422, text);
  }
});
test.run();
