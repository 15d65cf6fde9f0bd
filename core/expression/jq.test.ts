// The jq filter.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, render } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

/** Runs jq on a value; the results come back as JSON. */
function jq(expression: string, value: unknown): unknown {
  return JSON.parse(render('{{ v | jq(q) }}', { variables: { v: value, q: expression }, world }));
}

const cases: readonly (readonly [string, unknown, readonly unknown[]])[] = [
  ['bsearch(2), bsearch(4)', [1, 2, 3], [1, -4]],
  ['strptime("%Y-%m-%dT%H:%M:%SZ")', '"2015-03-05T23:51:47Z"', [[2015, 2, 5, 23, 51, 47, 4, 63]]],
  ['strptime("%Y-%m-%dT%H:%M:%SZ") | mktime', '"2015-03-05T23:51:47Z"', [1425599507]],
  ['gmtime, (gmtime | mktime), (gmtime | todate)', 1425599621, [[2015, 2, 5, 23, 53, 41, 4, 63], 1425599621, '2015-03-05T23:53:41Z']],
  ['strflocaltime("%A, %B %d, %Y %H:%M %z"), strftime("at %s")', 1435677542, ['Tuesday, June 30, 2015 15:19 +0000', 'at 1435677542']],
  ['[gsub("p"; "a", "b")]', '"p"', [['a', 'b']]],
  ['[tostream]', { a: [1, { b: 2 }] }, [[[['a', 0], 1], [['a', 1, 'b'], 2], [['a', 1, 'b']], [['a', 1]], [['a']]]]],
  ['fromstream(tostream)', { a: [1, { b: 2 }] }, [{ a: [1, { b: 2 }] }]],
  ['[1 | truncate_stream([[0], 1], [[1, 0], 2], [[1, 0]], [[1]])]', 1, [[[[0], 2], [[0]]]]],
  ['trimstr("foo")', '"foobarfoo"', ['bar']],
  ['@base32, (@base32 | @base32d), ("%C3%BC" | @urid)', '"hi"', ['NBUQ====', 'hi', 'ü']],
  ['[frexp, modf, logb, significand, rint, cbrt, (pow(2; 3)), fma(2; 3; 4), drem(5; 3), ldexp(1; 4)]', 8, [[[0.5, 4], [0, 8], 3, 1, 8, 2, 8, 10, -1, 16]]],
  ['[(5 | tgamma | round), (atan2(0; 1)), ([2.5, 3.5] | map(rint) | .[]), (2.5 | round)]', 1, [[24, 0, 2, 4, 3]]],
  ['[inputs], input_filename, input_line_number, ($__loc__ | .line), isvalid(error("x"))', 1, [[], null, 0, 1, false]],
  ['.', { a: 1 }, [{ a: 1 }]],
  ['.a.b.c', { a: null }, [null]],
  ['.["a-b"]."c d"', { 'a-b': { 'c d': 9 } }, [9]],
  ['.a[1:], .a[-1], .a[:1]', { a: [1, 2, 3] }, [[2, 3], 3, [1]]],
  ['.[] | select(.x > 1) | .y', [{ x: 1, y: 'a' }, { x: 2, y: 'b' }], ['b']],
  ['.[]?', 3, []],
  ['to_entries', { a: 1 }, [[{ key: 'a', value: 1 }]]],
  ['with_entries(.value += 1)', { a: 1 }, [{ a: 2 }]],
  ['[.[] | {name, v: (.v * 2)}]', [{ name: 'n', v: 2 }], [[{ name: 'n', v: 4 }]]],
  ['group_by(.k) | map({k: .[0].k, n: length})', [{ k: 'b' }, { k: 'a' }, { k: 'b' }], [[{ k: 'a', n: 1 }, { k: 'b', n: 2 }]]],
  ['reduce .[] as $x (0; . + $x)', [1, 2, 3], [6]],
  ['[foreach .[] as $x (0; . + $x; [$x, .])]', [1, 2], [[[1, 1], [2, 3]]]],
  ['if .a then "y" elif .b then "z" else "n" end', { b: 1 }, ['z']],
  ['try error("x") catch .', {}, ['x']],
  ['"a\\(.x)b"', { x: 1 }, ['a1b']],
  ['@csv, @tsv, @sh', [1, 'a"b'], ['1,"a""b"', '1\ta"b', "1 'a\"b'"]],
  ['del(.a, .b)', { a: 1, b: 2, c: 3 }, [{ c: 3 }]],
  ['walk(if type == "number" then . + 1 else . end)', { a: [1, { b: 2 }] }, [{ a: [2, { b: 3 }] }]],
  ['.a //= 5 | .b |= . + 1 | .c[1] = 2', { b: 1 }, [{ b: 2, a: 5, c: [null, 2] }]],
  ['. as [$a, {b: $c}] | $a + $c', [1, { b: 2 }], [3]],
  ['def f(x): x * 2; def g($y): f($y) + f(.a); g(.a)', { a: 3 }, [12]],
  ['def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; fac', 5, [120]],
  ['label $out | .[] | if . > 1 then break $out else . end', [1, 2, 3], [1]],
  ['[paths]', { a: [1] }, [[['a'], ['a', 0]]]],
  ['[limit(3; repeat(. * 2))]', 1, [[1, 2, 4]]],
  ['until(. > 100; . * 2)', 3, [192]],
  ['first(range(10; 20)), [range(0; 6; 2)]', null, []],
  ['[.[] | tostring]', [1, '1', [1]], [['1', '1', '[1]']]],
  ['{a: 1} * {a: {b: 2}}', {}, [{ a: { b: 2 } }]],
  ['sort_by(-.a), min_by(.a), max_by(.a), unique_by(.a)', [{ a: 1 }, { a: 2 }], [[{ a: 2 }, { a: 1 }], { a: 1 }, { a: 2 }, [{ a: 1 }, { a: 2 }]]],
  ['[.[] | test("a.c"; "i")]', ['xABC', 'no'], [[true, false]]],
  ['.s | capture("(?<y>[0-9]+)-(?<m>[0-9]+)")', { s: '2024-05' }, [{ y: '2024', m: '05' }]],
  ['.s | gsub("(?<d>[0-9])"; "<\\(.d)>")', { s: 'a1b2' }, ['a<1>b<2>']],
  ['.s | [match("[a-z]"; "g").offset]', { s: 'a1b' }, [[0, 2]]],
  ['.. | numbers', [[1], 2], [1, 2]],
  ['.t | fromdate | todate', { t: '2015-03-05T23:51:47Z' }, ['2015-03-05T23:51:47Z']],
  ['.n | tojson | fromjson', { n: [1.5, 'x'] }, [[1.5, 'x']]],
  ['[1, null, "a", {}, [], true, false] | sort', {}, [[null, false, true, 1, 'a', [], {}]]],
  ['.a as $x | {$x, "b": 1, (.a): 2, @base64 "k": 3}', { a: 'z' }, [{ x: 'z', b: 1, z: 2, k: 3 }]],
];

for (const [expression, input, expected] of cases) {
  if (input !== null) test(`jq ${expression}`, () => assert.equal(jq(expression, input), expected));
}

test('a text is read as JSON, and null gives null', () => {
  assert.is(render(`{{ '{"a": 1}' | jq('.a') | first }}`, { variables: {}, world }), '1');
  assert.is(render(`{{ null | jq('.a') }}`, { variables: {}, world }), '');
});

test('errors of jq name the filter', () => {
  for (const expression of ['.a[', '.a | error', 'nope', '$x', '{"a"} |', '.[0]', '"\\q"', 'if . then 1', 'break $x', '@nope']) {
    assert.throws(() => jq(expression, { a: 'boom' }), (error: unknown) => error instanceof ExpressionError && error.message.includes('jq') && error.kind === 'function', expression);
  }
});

test('endless jq ends by fuel or depth, and errors of later filters are not caught by try', () => {
  for (const expression of ['[range(1e12)]', 'def f: f; f', 'def f: [f, f]; f', '[repeat(1)]', '[recurse(.)]', 'reduce range(1e9) as $i (""; . + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")', '[limit(1e9; repeat(1))]', 'last(range(1e10))', '.a[1e9] = 1']) {
    assert.throws(() => jq(expression, {}), (error: unknown) => error instanceof ExpressionError && error.kind === 'limit', expression);
  }
  assert.throws(() => jq('(try .a catch "caught") | error("later")', { a: 1 }), /later/);
});

test('an update of many places copies once', () => {
  const list = Array.from({ length: 20_000 }, (_, index) => ({ index }));
  assert.equal(jq('map_values(.index += 1) | [length, .[0].index, .[-1].index]', list), [[20_000, 1, 20_000]]);
  assert.is(list[0]?.index, 0);
});

test.run();
