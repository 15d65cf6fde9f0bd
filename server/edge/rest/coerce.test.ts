import { Type } from 'typebox';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { operation, type RestBinding } from '../../../core/protocol/operation.ts';
import { coerceQuery, coerceText } from './coerce.ts';

const search = operation<null>()({
  name: 'test.search', doc: '', permission: 'open', audited: false, rest: [],
  input: Type.Object({
    page: Type.Optional(Type.Integer()), wait: Type.Optional(Type.Boolean()), state: Type.Optional(Type.Array(Type.String())), labels: Type.Optional(Type.Array(Type.String())),
    sort: Type.Optional(Type.Array(Type.String())), q: Type.Optional(Type.String()), kind: Type.Optional(Type.Union([Type.Literal('FLOW'), Type.Literal('TASK')])),
    startDate: Type.Optional(Type.String()), body: Type.Optional(Type.Unknown()),
  }),
});
const binding: RestBinding = { method: 'GET', path: '/test', lists: ['state', 'labels', 'sort'] };
const query = (text: string): Record<string, unknown> => coerceQuery(search, binding, text);

test('numbers and booleans become what the schema says; an empty number is not given', () => {
  assert.equal(query('page=2&wait=TRUE'), { page: 2, wait: true });
  assert.equal(query('page=&wait'), { wait: true });
  assert.equal(query('wait=false'), { wait: false });
});
test('what does not fit stays a text, so that the schema says what is wrong', () => {
  assert.equal(query('page=two&wait=perhaps'), { page: 'two', wait: 'perhaps' });
  assert.equal(query('page=99999999999999999999'), { page: '99999999999999999999' });
  assert.equal(query('page=0x10'), { page: 16 });
});
test('a list is given by commas or by repeating', () => {
  assert.equal(query('state=RUNNING,FAILED&state=KILLED'), { state: ['RUNNING', 'FAILED', 'KILLED'] });
  assert.equal(query('sort=id:asc,namespace:desc'), { sort: ['id:asc', 'namespace:desc'] });
});
test('a comma belongs to a label\'s value', () => {
  assert.equal(query('labels=a:1,2&labels=b:x:y'), { labels: ['a:1,2', 'b:x:y'] });
});
test('words of a union are accepted in any case', () => {
  assert.equal(query('kind=flow'), { kind: 'FLOW' });
  assert.equal(query('kind=dance'), { kind: 'dance' });
});
test('a read with ?source=true is asked for the source; what a YAML body gives no query replaces', () => {
  const get = operation<null>()({ name: 'test.get', doc: '', permission: 'open', audited: false, rest: [], input: Type.Object({ source: Type.Optional(Type.Boolean()) }) });
  assert.equal(coerceQuery(get, { method: 'GET', path: '/test' }, 'source=true'), { source: true });
  const put = operation<null>()({ name: 'test.put', doc: '', permission: 'open', audited: false, rest: [], input: Type.Object({ source: Type.String() }) });
  assert.equal(coerceQuery(put, { method: 'PUT', path: '/test', body: 'yaml' }, 'source=id'), {});
});
test('unknown parameters are left alone, and so is the member that the body fills', () => {
  assert.equal(query('other=1&__proto__=y&constructor=z'), {});
  assert.equal(coerceQuery(search, { ...binding, method: 'POST', body: 'json' }, 'body=x'), {});
});
test('`source` is the text of a body or a question, as the call says', () => {
  const get = operation<null>()({ name: 'test.get', doc: '', permission: 'open', audited: false, rest: [], input: Type.Object({ source: Type.Optional(Type.Boolean()) }) });
  assert.equal(coerceQuery(get, { method: 'GET', path: '/test' }, 'source=true'), { source: true });
  assert.equal(coerceQuery(get, { method: 'POST', path: '/test', body: 'yaml' }, 'source=true'), {});
});
test('filters in brackets and as the SDK joins them become entries, where the operation takes filters', () => {
  const list = operation<null>()({ name: 'test.list', doc: '', permission: 'open', audited: false, rest: [], input: Type.Object({ filters: Type.Optional(Type.Array(Type.Unknown())) }) });
  const of = (text: string): Record<string, unknown> => coerceQuery(list, { method: 'GET', path: '/test' }, text);
  assert.equal(of('filters%5Bstate%5D%5BIN%5D=A,B&other=1'), { filters: [{ field: 'state', operation: 'IN', value: 'A,B' }] });
  assert.equal(of('filters={"field":"q","operation":"EQUALS","value":"a"},{"field":"q","operation":"EQUALS","value":"b"}'), { filters: [{ field: 'q', operation: 'EQUALS', value: 'a' }, { field: 'q', operation: 'EQUALS', value: 'b' }] });
  assert.equal(of('page=1'), {});
  assert.equal(query('filters[state][EQUALS]=A'), {});
});
test('the last one of a repeated single value counts', () => {
  assert.equal(query('q=a&q=b'), { q: 'b' });
});
test('an entity tag is a number in quotes', () => {
  assert.is(coerceText(Type.Integer(), '"3"'), 3);
  assert.is(coerceText(Type.Integer(), 'W/"3"'), 3);
});
test.run();
