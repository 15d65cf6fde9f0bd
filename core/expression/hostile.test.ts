// What people with bad intentions, or bad luck, write: everything ends within a second of the processor, with an error that names the limit.
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import fc from 'fast-check';
import { defaultExpressionLimits, ExpressionError, filterNames, functionNames, render } from './index.ts';
import { testingWorld } from './testing-world.ts';

const world = { ...testingWorld, hash: (algorithm: string, text: string) => createHash(algorithm).update(text, 'utf8').digest('hex') };
const maps = Array.from({ length: 10_000 }, (_, index) => ({ a: index, b: `x${index}`, c: [index] }));
/** Two to the power of ninety leaves, and few bytes. */
const shared = Array.from({ length: 90 }).reduce<unknown>((inner) => [inner, inner], 1);
const variables = {
  big: 'ab '.repeat(300_000), a: 'a'.repeat(500_000), lines: '\n'.repeat(500_000), quotes: `'"`.repeat(200_000), percent: '%41'.repeat(200_000), digits: '9'.repeat(500_000),
  unicode: 'é\u0301😀 '.repeat(100_000), list: Array.from({ length: 50_000 }, (_, index) => index), maps, shared, json: JSON.stringify(maps), date: '2024-01-31',
  yamlText: maps.slice(0, 2000).map(({ a, b }) => `- a: ${a}\n  b: ${b}`).join('\n'), self: '{{ render(self) }}{{ render(self) }}',
};
/** A quarter of what a task thread allows, in a quarter of its second and what the collector of garbage takes; it keeps the test short. */
const limits = { ...defaultExpressionLimits, fuelMax: defaultExpressionLimits.fuelMax / 4 };
const cpuMsMax = 500;

/** The kind of the error, or 'ok'; refuses what took too long or threw something else. */
function outcome(template: string): string {
  const before = process.cpuUsage().user;
  let result = 'ok';
  try {
    render(template, { variables, world, limits });
  } catch (thrown) {
    assert.instance(thrown, ExpressionError, `${template}: ${String(thrown)}`);
    if (thrown instanceof ExpressionError) {
      result = thrown.kind;
      if (thrown.kind === 'limit') assert.match(thrown.message, /fuelMax|outputCharsMax|depthMax|too deep|too large|Too many rendering/, template);
    }
  }
  const spentMs = (process.cpuUsage().user - before) / 1000;
  assert.ok(spentMs < cpuMsMax, `${template} took ${Math.round(spentMs)} ms of the processor`);
  return result;
}

const endless: readonly string[] = [
  ...['repeat(.)', '[repeat(. + 1)]', 'until(false; . + 1)', 'while(true; .)', 'recurse(. + 1)', '[recurse(.; true)]', 'def f: f; f', 'def f: 1 + f; f', '[limit(1e9; repeat(1))]', 'last(range(1e12))', '"x" * 1e9',
    'reduce range(1e9) as $i (0; . + $i)', 'label $out | foreach range(1e12) as $i (0; . + 1; empty)', 'reduce range(1000) as $i ("a"; . + .)', '[[range(1000)], [range(1000)], [range(1000)]] | [combinations] | length',
    'fromstream(range(1e9) | [["a"], .])', '[range(1e7)] | length', '"a" | gsub("a"; range(1e9) | tostring)', 'first(range(1e12) | select(false))', 'limit(1e12; range(1e12)) | empty', 'isempty(range(1e12) | empty)'].map((program) => `{{ 1 | jq('${program}') }}`),
  ...['[.[] as $x | .[] as $y | $x * $y] | length', '. - . | length', 'reduce .[] as $x ({}; .[$x | tostring] = $x) | length', 'reduce .[] as $x ([]; . + [$x]) | length'].map((program) => `{{ list | jq('${program}') }}`),
  "{{ maps | jq('contains(.)') }}", "{{ shared | jq('tojson') }}", "{{ shared | jq('[..] | length') }}", "{{ shared | jq('[., .] | .[0] == .[1]') }}", "{{ shared | jq('walk(.)') }}",
  '{{ range(0, 1000000000) }}', '{% for i in 0..10000000 %}{% endfor %}', '{% for i in 0..999 %}{% for j in 0..999 %}{% for k in 0..999 %}{% endfor %}{% endfor %}{% endfor %}',
  ...['now()', "date | dateAdd(1, 'DAYS')", "date | dateAdd(1, 'DAYS', timeZone='Europe/Paris')", "date | date('full', timeZone='Asia/Tokyo', locale='ja')", "isLastWorkingDay(date, 'SUN')", 'nanoId(1000)', 'big | sha512', 'maps | toJson', "json | jq('.[0]')", 'fromJson(json) | length',
    'yaml(yamlText) | length', 'maps | yaml', 'maps | toIon', 'maps == maps', 'list contains -1', 'list - list', 'list - maps', 'maps | distinct', 'list | sort', 'list.contains(-1)', 'list.indexOf(-1)', 'big.indexOf("zz")', 'big is json', 'printContext()', 'big ~ big', 'big | urlencode',
    'unicode | slugify', "a | split('')", "a | split('(a|b)*')", "a | replace({'(a*)*b': 'x'}, true)", "'a' | replace({'(a{1,100}){1,9}': 'b'}, true)", "a | replace({'a': 'bb'})", 'fromIon(json)', 'lines | indent(3)', 'percent | urldecode', 'quotes | escapeChar("shell")'].map((inner) => `{% for i in 0..1000000 %}{{ ${inner} }}{% endfor %}`),
  '{{ shared | toJson }}', '{{ shared | yaml }}', '{{ shared | toIon }}', '{{ shared | string }}', "{{ shared | replace({'a': 'b'}) }}", '{{ shared | join }}', '{{ render(shared) }}', '{{ self }}{{ render(self) }}',
  "{% set s = 'ab' %}{% for i in 0..99 %}{% set s = s ~ s %}{% endfor %}", "{% set s = 'ab' %}{% for i in 0..99 %}{% set s = s + s %}{% endfor %}", '{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}', "{{ big | split(' ') | join(big) }}",
];

test('EN8 what would run for ever ends within a second with an error that names the limit', () => {
  for (const template of endless) assert.is(outcome(template), 'limit', template);
});

test('EN8 every filter and function ends within a second on huge values', () => {
  const args = ['', '1', "'a'", 'list', 'maps', 'big', "{'(a|b)+': '$1'}, true", "'.[]'", '1000000000', "'yyyy'"];
  const values = Object.keys(variables);
  let limited = 0;
  fc.assert(
    fc.property(fc.constantFrom(...filterNames), fc.constantFrom(...functionNames), fc.constantFrom(...args), fc.constantFrom(...values), fc.boolean(), (filter, name, argument, value, isFilter) => {
      const call = isFilter ? `${value} | ${filter}(${argument})` : `${name}(${argument === '' ? value : argument})`;
      if (outcome(`{% for i in 0..100 %}{{ ${call} }}{% endfor %}`) === 'limit') limited += 1;
    }),
    { numRuns: 300 },
  );
  assert.ok(limited > 3, `only ${limited} reached a limit`);
});

test.run();
