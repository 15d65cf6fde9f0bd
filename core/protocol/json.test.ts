import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonDepth, parseJsonText } from './json.ts';

test('brackets are counted outside of strings only', () => {
  assert.is(jsonDepth('{"a":[1,{"b":[]}]}'), 4);
  assert.is(jsonDepth('"[[[["'), 0);
  assert.is(jsonDepth('"\\"[["'), 0);
  assert.is(jsonDepth('["\\\\",[1]]'), 2);
  assert.is(jsonDepth(''), 0);
});
test('a text that is nested deeper than the limit is refused in words, a broad one is not', () => {
  assert.throws(() => parseJsonText(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), /it is nested deeper than 500 levels/);
  assert.throws(() => parseJsonText(`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`), /deeper than 500/);
  assert.equal(parseJsonText('[[1],[2],{"a":"[[["}]'), [[1], [2], { a: '[[[' }]);
  assert.is((parseJsonText(`[${new Array(100_000).fill('[]').join(',')}]`) as unknown[]).length, 100_000);
  assert.throws(() => parseJsonText('{'), SyntaxError);
});

test.run();
