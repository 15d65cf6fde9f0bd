// Filters, functions and tests.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, filterNames, functionNames, render, testNames } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const variables = { s: 'text', n: null, l: [3, 1, 2], m: { x: 1, y: 2 }, t: '2024-05-31T10:20:30.123456789+02:00', envs: { region: 'eu' }, tasks: { a: { state: 'FAILED' }, b: { v1: { state: 'SUCCESS' } } } };

function renders(cases: Readonly<Record<string, string>>): void {
  for (const [template, expected] of Object.entries(cases)) assert.is(render(template, { variables, world }), expected, template);
}

function fails(template: string, pattern: RegExp): void {
  assert.throws(() => render(template, { variables, world }), (error: unknown) => error instanceof ExpressionError && pattern.test(error.message));
}

test('the names of section 10 exist', () => {
  const filters =
    'chunk className date dateAdd timestamp timestampMicro timestampNano jq escapeChar json toJson keys values number urldecode slugify substringBefore substringBeforeLast substringAfter substringAfterLast flatten indent nindent yaml startsWith endsWith toIon sha1 sha512 md5 replace numberFormat abbreviate abs base64decode base64encode capitalize default first join last length lower merge reverse rsort sha256 slice sort split title trim upper urlencode distinct string timestampMilli';
  const functions =
    'now json fromJson yaml fromIon currentEachOutput secret kv read fileSize fileURI render renderOnce encrypt decrypt printContext fetchContext uuid id randomInt errorLogs block max min range parent i18n';
  assert.equal(filters.split(' ').filter((name) => !filterNames.includes(name)), []);
  assert.equal(functions.split(' ').filter((name) => !functionNames.includes(name)), []);
  assert.equal('json defined empty even odd iterable map null equalTo'.split(' ').filter((name) => !testNames.includes(name)), []);
});

test('null passes through filters', () => {
  for (const name of filterNames.filter((filter) => !['default', 'length', 'json', 'toJson', 'toIon', 'yaml'].includes(filter))) {
    assert.is(render(`{{ n | ${name} }}`, { variables, world }), '', name);
  }
  renders({ '{{ n | toJson }}{{ n | toIon }}{{ n | yaml }}{{ n | length }}': 'nullnullnull0' });
});

test('texts', () => {
  renders({
    "{{ 'a1b22' | replace({'[0-9]+': '<$0>'}, regexp=true) }}": 'a<1>b<22>', "{{ 'a.b' | split('\\.') }}": '["a","b"]', "{{ 'a,b,,' | split(',') }}": '["a","b"]', "{{ 'a,b,c' | split(',', 2) }}": '["a","b,c"]',
    "{{ 'hello big world' | title }}": 'Hello Big World', "{{ 'hello' | capitalize }}": 'Hello', "{{ 'a b&é' | urlencode }}": 'a+b%26%C3%A9', "{{ 'Grüße 😀' | base64encode | base64decode }}": 'Grüße 😀',
    "{{ 'abc' | slice(1, 2) }}": 'b', "{{ 'abcdef' | abbreviate(5) }}": 'ab...',
  });
  fails("{{ 'x' | replace({'(': ''}, regexp=true) }}", /regular expression `\(`/);
  fails("{{ 'x' | upper(1) }}", /too many arguments/);
  fails("{{ s | date(foo=1) }}", /no argument `foo`; it takes format, timeZone/);
  fails('{{ l | upper }}', /expects a text, found a list/);
});

test('numbers', () => {
  renders({
    '{{ 1234567.891 | numberFormat("#,##0.00") }}': '1,234,567.89', '{{ 0.5 | numberFormat("0%") }}': '50%', '{{ 2.5 | numberFormat("#") }}': '2', '{{ -3.14159 | numberFormat("#.##") }}': '-3.14', '{{ 0.1 | numberFormat("00.000") }}': '00.100',
    '{{ "12.50" | number("BIGDECIMAL") }}': '12.50', '{{ "12.3" | number("FLOAT") }}': '12.3', '{{ "3" | number("DOUBLE") }}': '3.0', '{{ "42" | number("INT") + 1 }}': '43',
  });
  fails('{{ "3000000000" | number("INT") }}', /more than 32 bits/);
});

test('collections', () => {
  renders({
    '{{ l | sort }}{{ l | rsort }}{{ l | reverse }}': '[1,2,3][3,2,1][2,1,3]', '{{ [1, 1, "a", "a", [1], [1]] | distinct }}': '[1,"a",[1]]', '{{ l | join("-") }}': '3-1-2', '{{ m | keys }}{{ m | values }}': '["x","y"][1,2]',
    '{{ m | merge({"y": 3}) }}': '{"x":1,"y":3}', '{{ l | slice(1) }}': '[1,2]', '{{ [] | first }}': '',
  });
  fails('{{ [1, "a"] | sort }}', /compare/);
});

test('data formats', () => {
  renders({
    '{{ {"a": [1, {"b": "x: y", "c": []}], "d": "true"} | yaml }}': 'a:\n - 1\n - b: "x: y"\n   c: []\nd: "true"\n',
    "{{ {'a b': 1, 'c': 1.5, 'd': [true, null]} | toIon }}": "{'a b':1,c:1.5e0,d:[true,null]}", "{{ fromIon('{a:1} {a:2}', allRows=true) }}": '[{"a":1},{"a":2}]', "{{ fromIon('{a:1} {a:2}').a }}": '1',
    '{{ yaml("a: &x [1]\nb: *x").b }}': '[1]',
  });
});

test('what yaml writes, yaml reads', () => {
  const value = { text: 'a: b # c', 'odd key: ': '- x', empty: '', list: [[1, [2]], { k: ['v'] }, {}, []], lines: 'one\n  two\n\nthree\n\n', number: '007', date: '2024-01-01', nothing: null, more: { deep: { er: [true] } }, space: ' x ', tab: 'a\tb', dash: '-', question: '? x', yes: 'yes', at: '@x', colon: 'x:' };
  assert.equal(JSON.parse(render('{{ yaml(v | yaml) }}', { variables: { v: value }, world })), value);
});

test('errors of readers do not repeat what they read: it may be a secret', () => {
  fails("{{ fromJson('hunter2') }}", /^((?!hunter).)*$/s);
  fails("{{ yaml('hunter2: [') }}", /^((?!hunter).)*$/s);
  fails("{{ secret('token', subkey='nope') }}", /^((?!ada).)*$/s);
});

test('the world', () => {
  renders({ "{{ secret('token', subkey='user') }}": 'ada', '{{ uuid() }}': '00000000-0000-4000-8000-000000000000', '{{ randomInt(1, 10) }}': '5', "{{ env('REGION') }}{{ env('none', 'd') }}": 'eud', "{{ tasksWithState('failed') }}": '[{"taskId":"a","state":"FAILED","value":null}]' });
  fails("{{ secret('x') }}", /^Cannot find secret for key 'x'\.$/);
  fails("{{ read('a.txt') }}", /`read` is not available here/);
});

test('currentEachOutput walks the loops from the outside in', () => {
  const loops = { outputs: { t: { v1: { v2: { value: 'deep' } } } }, taskrun: { value: 'v2' }, parents: [{ taskrun: { value: 'v1' } }] };
  assert.is(render('{{ currentEachOutput(outputs.t).value }}', { variables: loops, world }), 'deep');
});

test.run();
