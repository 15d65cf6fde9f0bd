// The language: operators, attributes, tags, whitespace.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, render } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const variables = {
  a: 1, s: 'text', n: null, l: [1, 2, 3], m: { x: 1, 'y-z': 2 }, big: 12345678.5, date: new Date(0),
  rec: '{{ s }}', raw: '{% raw %}{{ s }}{% endraw %}-{{ s }}',
};

/** Asserts what each template renders to. */
function renders(cases: Readonly<Record<string, string>>): void {
  for (const [template, expected] of Object.entries(cases)) assert.is(render(template, { variables, world }), expected, template);
}

function errorOf(template: string): ExpressionError {
  try {
    render(template, { variables, world });
  } catch (thrown) {
    if (thrown instanceof ExpressionError) return thrown;
    throw thrown;
  }
  throw new Error(`no error: ${template}`);
}

test('integers are exact and their division truncates', () => {
  renders({
    '{{ 7 / 2 }}': '3', '{{ -7 / 2 }}': '-3', '{{ 7 % 3 }}': '1', '{{ 9007199254740993 }}': '9007199254740993',
    '{{ 9007199254740992 + 1 }}': '9007199254740993', '{{ 9223372036854775807 * 2 }}': '18446744073709551614', '{{ 0 * -1 }}': '0',
  });
  assert.is(errorOf('{{ 1 / 0 }}').message, '/ by zero');
});

test('doubles print as in Java', () => {
  renders({ '{{ 1.0 }}': '1.0', '{{ 1.5 + 1.5 }}': '3.0', '{{ 7 / 2.0 }}': '3.5', '{{ big }}': '1.23456785E7', '{{ 1.0 / 0 }}': 'Infinity', '{{ [1.0, 2] }}': '[1.0,2]' });
});

test('operators bind as in Pebble', () => {
  renders({
    '{{ 1 + 2 * 3 }}': '7', '{{ 2 + 3 ~ 4 }}': '234', '{{ "a" ~ "b" | upper }}': 'AB', '{{ nope ?? s | upper }}': 'TEXT', '{{ -1 | abs }}': '1',
    '{{ not true or true }}': 'false', '{{ true or false and false }}': 'true', '{{ 1..3 }}': '[1,2,3]', "{{ 'a'..'c' }}": '["a","b","c"]',
    '{{ a == 1 ? "one" : a == 2 ? "two" : "many" }}': 'one', '{{ 3 - 2 - 1 }}': '0',
  });
});

test('equality compares numbers by value, and texts never with numbers', () => {
  renders({ '{{ 1 == 1.0 }}': 'true', "{{ '1' == 1 }}": 'false', '{{ a equals 1 }}': 'true', '{{ {"k": [1]} == {"k": [1.0]} }}': 'true', '{{ n == null }}': 'true' });
});

test('contains looks into lists, maps and texts, for one or for all', () => {
  renders({ '{{ l contains 2 }}': 'true', '{{ l contains [1, 9] }}': 'false', '{{ m contains "x" }}': 'true', '{{ s contains "ex" }}': 'true', '{{ n contains "x" }}': 'false' });
});

test('texts keep their backslashes and interpolate in double quotes', () => {
  renders({ '{{ "x#{a + 1}y" }}': 'x2y', "{{ 'x#{a}y' }}": 'x#{a}y', "{{ 'it\\'s' }}": "it's", '{{ "a\\nb" }}': 'a\\nb', '{{ "}}" }}': '}}' });
});

test('a missing name says where; ?? and ??? and default protect the whole chain', () => {
  assert.is(errorOf('one\n{{ m.zz.deep }}').message, 'Unable to find `zz` used in the expression `one\n{{ m.zz.deep }}` at line 2');
  assert.is(errorOf('one\n{{ m.zz.deep }}').line, 2);
  assert.is(errorOf('{{ nope }}').kind, 'missing');
  renders({
    '{{ nope.a.b ?? "d" }}': 'd', '{{ n ?? "d" }}': 'd', '{{ n ??? "d" }}': '', '{{ (nope | upper) ?? "d" }}': 'd', '{{ nope.a | default("d") }}': 'd',
    '{{ l[9] ?? "d" }}': 'd', '{{ nope is defined }}': 'false', '{{ n is defined }}': 'false', '{{ n.x ?? nope ?? "e" }}': 'e',
  });
});

test('text around expressions stays as it is', () => {
  renders({ '{ {a} }': '{ {a} }', '}}': '}}', 'x{# c #}y': 'xy', ' {{- a -}} ': '1', 'a {%- if true -%} b {%- endif -%} c': 'abc', '{% verbatim %}{{ a }}{% endverbatim %}': '{{ a }}' });
});

test('loops know their place, go over maps, and change variables of outside', () => {
  renders({
    '{% for i in l %}{{ loop.index }}{{ loop.revindex }}{{ loop.last }};{% endfor %}': '02false;11false;20true;',
    '{% for e in m %}{{ e.key }}={{ e.value }};{% endfor %}': 'x=1;y-z=2;', '{% for i in n %}x{% else %}none{% endfor %}': 'none',
    '{% set t = 0 %}{% for i in l %}{% set t = t + i %}{% endfor %}{{ t }}': '6', '{% for i in l %}{% set inner = i %}{% endfor %}{{ inner ?? "gone" }}': 'gone',
    '{% for i in l %}{% for j in l %}{{ i * j }} {% endfor %}{% endfor %}': '1 2 3 2 4 6 3 6 9 ',
  });
});

test('macros, blocks and filter tags', () => {
  renders({
    '{{ f(1) }}{{ f(b=3, a=4) }}{% macro f(a, b="x") %}[{{ a }}{{ b }}]{% endmacro %}': '[1x][43]', '{% block q %}B{% endblock %}{{ block("q") }}': 'BB',
    '{% filter upper | replace({"A": "x"}) %}abc{% endfilter %}': 'xBC', '{% macro r(k) %}{{ k }}{% if k > 0 %}{{ r(k - 1) }}{% endif %}{% endmacro %}{{ r(3) }}': '3210',
  });
});

test('render() renders until nothing is left, renderOnce() once, and raw blocks stay raw', () => {
  renders({ '{{ rec }}': '{{ s }}', '{{ render(rec) | upper }}': 'TEXT', '{{ renderOnce(raw) }}': '{{ s }}-text', '{{ render(raw) }}': '{{ s }}-text', '{{ render({"k": [rec, 5]}) }}': '{"k":["text",5]}' });
  assert.is(render('{% raw %}{{ s }}{% endraw %} {{ rec }}', { variables, world, recursive: true }), '{{ s }} text');
  assert.match(render('{{ render(x, recursive=false) }}', { variables: { x: '{{ x }}' }, world }), '{{ x }}');
});

test('known methods of Java values can be called, others are missing', () => {
  renders({ '{{ l.size() }}{{ s.toUpperCase() }}{{ m.get("x") }}{{ l.size }}{{ s.length }}': '3TEXT134', '{{ s.constructor() ?? "no" }}': 'no' });
});

test('what is left out of the language is refused', () => {
  for (const tag of ['extends', 'embed', 'include', 'import', 'from', 'cache', 'flush', 'parallel', 'autoescape']) assert.is(errorOf(`{% ${tag} 'x' %}`).kind, 'syntax', tag);
  for (const filter of ['escape', 'raw', 'numberformat']) assert.match(errorOf(`{{ s | ${filter} }}`).message, filter);
  assert.match(errorOf('{{ nofunction() }}').message, 'nofunction');
});

test('an unknown filter in a branch that is not taken does not matter', () => {
  renders({ '{{ true ? "ok" : (s | nope) }}': 'ok' });
});

test('dates print as ISO with milliseconds', () => {
  renders({ '{{ date }}': '1970-01-01T00:00:00.000Z', '{{ [date] }}': '["1970-01-01T00:00:00.000Z"]' });
});

test.run();
