// Typed and deep rendering, truth, and the editor's view.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, hasExpression, isTruthy, parseTemplate, render, renderDeep, renderTyped } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const variables = { a: 1, n: null, l: [1, 2], m: { x: 1 }, s: 'text', rec: '{{ l }}' };
const options = { variables, world };

test('renderTyped keeps the type of one expression and joins scalars to a text', () => {
  assert.equal(renderTyped('{{ l }}', options), [1, 2]);
  assert.is(renderTyped('{{ l }}', options), variables.l);
  assert.is(renderTyped('{{ 1.0 }}', options), 1);
  assert.is(renderTyped('{{ n }}', options), null);
  assert.is(renderTyped('{% if a == 1 %}{{ a }}{% endif %}', options), 1);
  assert.is(renderTyped('{{ a }}-{{ a }}', options), '1-1');
  assert.is(renderTyped('plain', options), 'plain');
  assert.equal(renderTyped('{{ [1.0, 9007199254740993] }}', options), [1, 9007199254740992]);
  assert.throws(() => renderTyped('{{ l }} {{ a }}', options), /Can not join a list/);
});

test('renderDeep renders the texts inside and shares what does not change', () => {
  assert.equal(renderDeep({ '{{ s }}': ['{{ a }}', 5, true, null, { x: '{{ l }}' }] }, options), { '{{ s }}': ['1', 5, true, null, { x: '[1,2]' }] });
  assert.equal(renderDeep({ '{{ s }}': '{{ l }}' }, { ...options, typed: true, renderKeys: true }), { text: [1, 2] });
  const same = { a: ['x'], b: new Date(0) };
  assert.is(renderDeep(same, options), same);
});

test('a compiled template renders as its text does', () => {
  assert.is(render(compile('{{ a }}!'), options), '1!');
  assert.is(render({ source: '{{ a }}!' }, options), '1!');
  assert.is(renderTyped(compile('{{ rec }}'), { ...options, recursive: true }), '[1,2]');
});

test('truth of rendered conditions', () => {
  for (const text of [null, 'false', '0', '-0', '']) assert.not(isTruthy(text), String(text));
  for (const text of ['False', ' ', 'true', '0.0', 'x']) assert.ok(isTruthy(text), text);
});

test('hasExpression is true for what render would look at', () => {
  assert.ok(hasExpression('a {{ b') && hasExpression('{% x') && hasExpression('{# x'));
  assert.not(hasExpression('{ } $x'));
});

test('parseTemplate finds every problem and its place', () => {
  const template = 'a {{ x | nope(1) }} {% if %} {{ | }} {{ zz() }} {% endif %} {{ m() }}{% macro m() %}{% endmacro %}{{ "x }}';
  const { problems, ast } = parseTemplate(template);
  assert.equal(problems.map(({ message, offset, length, kind }) => [kind, template.slice(offset, offset + length), message]), [
    ['unknown', 'nope', 'There is no filter `nope`'],
    ['syntax', '%', 'Expected an expression, found the end'],
    ['syntax', '|', 'Expected a value, found "|"'],
    ['syntax', '"x }}', 'The closing " of the text is missing'],
  ]);
  assert.ok(ast.length > 3);
  assert.equal(parseTemplate('{{ a.b | upper }} {% for x in y %}{{ x }}{% endfor %}').problems, []);
});

test('nodes know where they stand', () => {
  const template = 'x {{ outputs.a["b"] | upper }}';
  const node = parseTemplate(template).ast[1];
  assert.ok(node?.type === 'print' && node.expression.type === 'filter' && node.expression.input.type === 'attribute');
  if (node?.type === 'print' && node.expression.type === 'filter') {
    assert.is(template.slice(node.expression.input.offset, node.expression.input.offset + node.expression.input.length), 'outputs.a["b"]');
    assert.is(template.slice(node.offset, node.offset + node.length), '{{ outputs.a["b"] | upper }}');
  }
});

test.run();
