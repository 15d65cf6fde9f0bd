import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { globMatcher } from './glob.ts';

const cases: readonly (readonly [string, string, boolean])[] = [
  ['*.csv', 'a.csv', true], ['*.csv', 'x/a.csv', false], ['**.csv', 'x/a.csv', true], ['**/*.csv', 'a.csv', true], ['**/*.csv', 'x/y/a.csv', true],
  ['**/*.csv', 'x/y/acsv', false], ['out/**', 'out/a/b', true], ['out/**', 'outer/a', false], ['a?.txt', 'ab.txt', true], ['a?.txt', 'a/.txt', false],
  ['[a-c]*.txt', 'bx.txt', true], ['[!a-c]*.txt', 'bx.txt', false], ['{a,b}.txt', 'b.txt', true], ['{a,b}.txt', 'c.txt', false], ['./a.txt', 'a.txt', true],
  ['x/**/z', 'x/z', true], ['x/**/z', 'x/y/z', true], ['x/**/z', 'x/yz', false], ['**/b', 'ab', false], ['\\*', '*', true], ['\\*', 'a', false], ['a[', 'a[', true],
];
for (const [glob, path, expected] of cases) {
  test(`the glob ${glob} ${expected ? 'matches' : 'does not match'} ${path}`, () => {
    assert.is(globMatcher([glob])(path), expected);
  });
}
test('a glob made to be slow is matched in no time', () => {
  assert.is(globMatcher([`${'*a'.repeat(40)}b`])('a'.repeat(5000)), false);
});
test('a glob with too many alternatives is refused with a sentence', () => {
  assert.throws(() => globMatcher(['{a,b}'.repeat(10)]), /more than 256 patterns/);
});
test.run();
