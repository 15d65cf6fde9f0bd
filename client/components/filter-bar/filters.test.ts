import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageOf, tagsOf, withFilter, withoutFilter, withQuery, type FilterField } from './filters.ts';

const state: FilterField = { name: 'state', title: 'state', comparator: 'in', many: true };
const namespace: FilterField = { name: 'namespace', title: 'namespace', comparator: 'is' };

test('adding a filter keeps the others and goes back to the first page', () => {
  assert.is(withFilter('?state=FAILED&page=3&size=50', state, 'WARNING'), '?state=FAILED,WARNING&size=50');
  assert.is(withFilter('?namespace=a', namespace, 'b'), '?namespace=b');
  assert.is(withFilter('', undefined, 'two words'), '?q=two+words');
});
test('removing one of several values keeps the rest', () => {
  const tags = tagsOf('?state=FAILED,WARNING&q=x', [state, namespace]);
  assert.equal(tags.map((tag) => [tag.field.name, tag.value]), [['state', 'FAILED'], ['state', 'WARNING'], ['q', 'x']]);
  const first = tags[0];
  if (first === undefined) throw new Error('there are tags');
  assert.is(withoutFilter('?state=FAILED,WARNING&q=x', first), '?state=WARNING&q=x');
});
test('a page size is 25, 50 or 100, whatever the address says', () => {
  assert.equal(pageOf(new URLSearchParams('page=0&size=7')), { page: 1, size: 25 });
  assert.equal(pageOf(new URLSearchParams('page=4&size=100')), { page: 4, size: 100 });
});
test('undefined removes a member of the query', () => {
  assert.is(withQuery('?sort=id:asc&page=2', { page: undefined }), '?sort=id:asc');
});
test.run();
