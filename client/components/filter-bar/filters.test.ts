import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  datesField, namespaceOptions, pageOf, relativeField, tagsOf, withDates, withFilter, withoutFilter, withoutFilters, withPresets, withQuery, withToggled, type FilterField,
} from './filters.ts';

const state: FilterField = { name: 'state', title: 'state', comparator: 'in', many: true, others: [{ op: 'NOT_IN', words: 'not in', many: true }] };
const namespace: FilterField = { name: 'namespace', title: 'namespace', comparator: 'is' };
const label: FilterField = { name: 'labels', title: 'label', comparator: 'has', many: true };
const month: FilterField = { ...relativeField, preset: 'P30D' };
const said = (search: string, fields: readonly FilterField[]) => tagsOf(search, fields).map((tag) => `${tag.field.title} ${tag.comparator} ${tag.text}`);

test('adding a filter keeps the others and goes back to the first page', () => {
  assert.is(withFilter('?state=FAILED&page=3&size=50', state, 'WARNING'), '?state=FAILED,WARNING&size=50');
  assert.is(withFilter('?namespace=a', namespace, 'b'), '?namespace=b');
  assert.is(withFilter('', undefined, 'two words'), '?q=two+words');
});
test('values of one field are one tag, and a further comparator is a tag of its own', () => {
  const search = withFilter('?state=FAILED,WARNING&q=x', state, 'KILLED', 'NOT_IN');
  assert.is(search, '?state=FAILED,WARNING&q=x&filters[state][NOT_IN]=KILLED');
  assert.equal(said(search, [state]), ['state in FAILED, WARNING', 'state not in KILLED', 'text contains x']);
  const second = tagsOf(search, [state])[1];
  if (second === undefined) throw new Error('there are tags');
  assert.is(withoutFilter(search, second), '?state=FAILED,WARNING&q=x');
});
test('relative and absolute time exclude each other', () => {
  assert.is(withDates('?timeRange=P7D', datesField, '2026-11-01T00:00:00Z', ''), '?startDate=2026-11-01T00:00:00Z');
  assert.is(withFilter('?startDate=2026-11-01T00:00:00Z&endDate=2026-11-02T00:00:00Z', relativeField, 'PT1H'), '?timeRange=PT1H');
  assert.equal(said('?startDate=2026-11-01T00:00:00Z&endDate=2026-11-02T00:30:00Z', [relativeField, datesField]), ['dates between 2026-11-01 00:00 to 2026-11-02 00:30']);
});
test('what stands unsaid is a tag like any other, and once taken away it stays away', () => {
  assert.equal(said('', [month, datesField]), ['time in last 30 days']);
  assert.equal(said('?startDate=2026-11-01T00:00:00Z', [month, datesField]), ['dates between from 2026-11-01 00:00']);
  const [tag] = tagsOf('', [month]);
  if (tag === undefined) throw new Error('there is a tag');
  assert.is(withoutFilter('?sort=id:asc', tag), '?sort=id:asc&timeRange=');
  assert.equal(said('?timeRange=', [month]), []);
  assert.is(withPresets(new URLSearchParams(''), [month]).toString(), 'timeRange=P30D');
  assert.is(withPresets(new URLSearchParams('timeRange='), [month]).toString(), '');
  assert.is(withoutFilters('?state=FAILED&q=x&size=50&page=2', [month, state]), '?size=50&timeRange=');
});
test('a label is a filter that a click switches', () => {
  assert.is(withToggled('', label, 'team:data'), '?labels=team:data');
  assert.is(withToggled('?labels=team:data,tier:1', label, 'team:data'), '?labels=tier:1');
  assert.is(withToggled('?labels=team:data', label, 'team:data'), '');
});
test('a page size is 10, 25, 50 or 100, whatever the address says', () => {
  assert.equal(pageOf(new URLSearchParams('page=0&size=7')), { page: 1, size: 25 });
  assert.equal(pageOf(new URLSearchParams('page=4&size=100')), { page: 4, size: 100 });
  assert.equal(pageOf(new URLSearchParams(''), 50), { page: 1, size: 50 });
});
test('undefined removes a member of the query', () => {
  assert.is(withQuery('?sort=id:asc&page=2', { page: undefined }), '?sort=id:asc');
});
test('a namespace is offered with all those above it', () => {
  assert.equal(namespaceOptions(['a.b.c', 'a.d']).map((option) => option.value), ['a', 'a.b', 'a.b.c', 'a.d']);
});
test.run();
