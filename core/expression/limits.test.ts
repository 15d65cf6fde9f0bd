// Everything ends: loops, recursion, sizes, depth. And no prototype is reached.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, createExpressionCache, defaultExpressionLimits, ExpressionError, render, renderDeep } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

function limitError(template: string, variables: Readonly<Record<string, unknown>> = {}, recursive = false): ExpressionError {
  try {
    render(template, { variables, world, recursive });
  } catch (thrown) {
    if (thrown instanceof ExpressionError && thrown.kind === 'limit') return thrown;
    throw thrown;
  }
  throw new Error(`no error: ${template.slice(0, 100)}`);
}

test('endless loops and ranges end by fuel, and the error names the limit', () => {
  for (const template of [
    '{% for i in 0..1000000000 %}{% endfor %}', '{{ range(0, 99999999999) | length }}', '{% for i in 0..9999 %}{% for j in 0..9999 %}{{ 1 }}{% endfor %}{% endfor %}',
    '{% set l = [1] %}{% for i in 0..99 %}{% set l = l | merge(l) %}{% endfor %}', '{% set l = [] %}{% for i in 0..100000 %}{% set l = l + [i] %}{% endfor %}',
  ]) assert.match(limitError(template).message, 'fuelMax');
});

test('recursive macros, blocks and render() end by depth', () => {
  for (const template of ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', '{% block b %}{{ block("b") }}{% endblock %}', '{{ render(x) }}', '{% set m = {} %}{% for i in 0..200 %}{% set m = {"a": m} %}{% endfor %}{{ m }}']) {
    assert.match(limitError(template, { x: 'x{{ render(x) }}' }).message, 'depthMax');
  }
  assert.match(limitError('{{ x }}', { x: '{{ x }} ' }, true).message, 'Too many rendering attempts');
});

test('huge texts are refused before they exist', () => {
  for (const template of [
    "{% set s = 'aaaaaaaaaaaaaaaa' %}{% for i in 0..99 %}{% set s = s ~ s %}{% endfor %}", "{{ 'a' | indent(1000000000) }}", "{{ s | replace({'a': s}) }}", "{{ s | replace({'a': s}, regexp=true) }}", "{{ s | split('') | join(s) }}", '{% for i in 0..999 %}{{ s }}{% endfor %}',
    '{% set m = [s, s, s] %}{% for i in 0..9 %}{% set m = [m, m, m] %}{% endfor %}{{ m }}',
  ]) assert.ok(/outputCharsMax|fuelMax/.test(limitError(template, { s: 'a'.repeat(20_000) }).message), template);
});

test('integers do not grow without end', () => {
  assert.throws(() => render('{% set n = 3 %}{% for i in 0..99 %}{% set n = n * n %}{% endfor %}', { variables: {}, world }), /256 bits/);
});

test('regular expressions take linear time', () => {
  const started = performance.now();
  render("{{ s | replace({'(x+x+)+y': ''}, regexp=true) | length }}", { variables: { s: 'x'.repeat(50_000) }, world });
  assert.ok(performance.now() - started < 2000);
});

test('deeply nested templates are syntax errors, not crashes', () => {
  for (const template of [`{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`, `{{ ${'a ~ '.repeat(50_000)}a }}`, `{{ a${'.b'.repeat(50_000)} }}`, `{{ ${'-'.repeat(50_000)}1 }}`, `{{ a${' | upper'.repeat(50_000)} }}`, '{% if a %}'.repeat(5_000), `{{ ${'"#{'.repeat(500)}` , `{{ ${'a ? '.repeat(9_000)} }}`]) {
    assert.throws(() => compile(template), (error: unknown) => error instanceof ExpressionError && error.kind === 'syntax', template.slice(0, 30));
  }
});

test('cyclic values end by depth', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  assert.match(limitError('{{ c }}', { c: cyclic }).message, 'depthMax');
  assert.throws(() => renderDeep(cyclic, { variables: {}, world }), /depthMax/);
});

test('the limits of the caller count, and nested render() shares them', () => {
  const limits = { ...defaultExpressionLimits, fuelMax: 50 };
  assert.throws(() => render('{% for i in 0..99 %}{% endfor %}', { variables: {}, world, limits }), /more than 50 steps/);
  assert.throws(() => render('{% for i in 1..9 %}{{ render(x) }}{% endfor %}', { variables: { x: '{% for i in 1..9 %}{% endfor %}' }, world, limits }), /fuelMax/);
});

test('prototypes are out of reach', () => {
  const variables = { m: { a: 1 }, s: 'x', l: [1], proto: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "own"}'), f: { call: () => 'called' } };
  for (const path of ['m.__proto__', 'm.constructor', 'm["__proto__"]', 'm.toString', 'm.hasOwnProperty', 's.constructor', 'l.constructor', 'l.push', 'l.__proto__', 'proto.__proto__', 'toString', '__proto__', 'constructor', 's.toUpperCase.constructor', 'f.call', 'loop', 'm["constr" ~ "uctor"]["prototype"]']) {
    assert.is(render(`{{ ${path} ?? 'missing' }}`, { variables, world }), 'missing', path);
  }
  assert.is(render('{{ proto.constructor }}', { variables, world }), 'own');
  assert.is(render('{{ {"__proto__": {"polluted": 1}}.polluted ?? "clean" }}', { variables, world }), 'clean');
  assert.is(render('{% set x = m | merge(proto) %}{{ x.polluted ?? "clean" }}', { variables, world }), 'clean');
  for (const template of ['{{ fromJson(j) | jq(".__proto__.polluted") | first ?? "clean" }}', '{{ m | jq(".__proto__ = {polluted: 1} | .polluted") | first ?? "clean" }}', '{{ yaml("__proto__:\n  polluted: 1").polluted ?? "clean" }}', "{{ fromIon('{__proto__: {polluted: 1}}').polluted ?? 'clean' }}"]) {
    assert.is(render(template, { variables: { ...variables, j: '{"__proto__": {"polluted": 1}}' }, world }), 'clean', template);
  }
  assert.is(Reflect.get({}, 'polluted'), undefined);
});

test('a cache forgets what is not used', () => {
  const cache = createExpressionCache(10);
  for (let index = 0; index < 1000; index += 1) assert.is(render(`{{ ${index} }}`, { variables: {}, world, cache }), String(index));
});

test.run();
