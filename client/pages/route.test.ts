import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchRoute } from './route.ts';

test('a parameter is one segment, decoded after splitting', () => {
  assert.equal(matchRoute('/flows/edit/:namespace/:id/:tab?', '/flows/edit/a.b/x%2Fy/editor'), { namespace: 'a.b', id: 'x/y', tab: 'editor' });
});
test('an optional parameter may be missing, a needed one not', () => {
  assert.equal(matchRoute('/flows/edit/:namespace/:id/:tab?', '/flows/edit/a.b/x'), { namespace: 'a.b', id: 'x' });
  assert.is(matchRoute('/flows/edit/:namespace/:id/:tab?', '/flows/edit/a.b'), undefined);
});
test('too many segments, other words and broken escapes do not match', () => {
  assert.is(matchRoute('/flows', '/flows/more'), undefined);
  assert.is(matchRoute('/flows', '/executions'), undefined);
  assert.is(matchRoute('/plugins/:type', '/plugins/%E0%A4%A'), undefined);
});
test('a trailing slash changes nothing', () => {
  assert.equal(matchRoute('/flows', '/flows/'), {});
});
test.run();
