// Regular expressions: the same matches as JavaScript's on what both know, and time that grows with the length of the text only.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, render } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const atom = fc.constantFrom('a', 'b', 'c', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-c1]', '\\.', '\\b', 'é', '1');
/** Patterns whose quantifiers do not nest, so that JavaScript's own engine, which may take for ever, judges them in a moment. */
const pattern = fc.letrec<{ piece: string; sequence: string; choice: string }>((tie) => ({
  // A group has no quantifier: what a group caught in an empty turn is the one thing on which the engines differ.
  piece: fc.oneof({ weight: 6, arbitrary: fc.tuple(atom, fc.constantFrom('', '', '', '?', '??')).map(([one, count]) => (one === '\\b' ? one : one + count)) }, { weight: 1, arbitrary: tie('choice').map((inner) => `(${inner})`) }, { weight: 1, arbitrary: tie('choice').map((inner) => `(?:${inner})`) }),
  sequence: fc.array(fc.oneof({ weight: 4, arbitrary: tie('piece') }, { weight: 1, arbitrary: fc.tuple(atom, fc.constantFrom('*', '+', '*?', '{2}', '{1,3}')).map(([one, count]) => (one === '\\b' ? one : one + count)) }), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((all) => all.join('|')),
})).choice;
const text = fc.array(fc.constantFrom('a', 'b', 'c', '1', '.', ' ', 'é', 'x', '\n'), { maxLength: 12 }).map((all) => all.join(''));

test('matches are those of JavaScript, on patterns that both engines know', () => {
  let found = 0;
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const expected = [...subject.matchAll(new RegExp(source, 'g'))].map((match) => ({ offset: match.index, text: match[0], groups: match.slice(1).map((group) => group ?? null) }));
      const program = '[match($re; "g") | {offset, text: .string, groups: [.captures[].string]}]';
      const answer: unknown = JSON.parse(render('{{ v | toJson | jq(q) | first }}', { variables: { v: subject, q: program.replace('$re', JSON.stringify(source)) }, world }));
      assert.equal(answer, expected, `/${source}/ on ${JSON.stringify(subject)}`);
      if (expected.length > 0) found += 1;
      assert.is(render("{{ v | replace(pairs, regexp=true) }}", { variables: { v: subject, pairs: { [source]: '<$0>' } }, world }), subject.replace(new RegExp(source, 'g'), '<$&>'));
    }),
    { numRuns: 1500 },
  );
  assert.ok(found > 300, `only ${found} matched`);
});

test('twice the text takes about twice the steps, whatever the pattern', () => {
  const steps = (source: string, length: number): number => {
    // The least fuel with which it ends, by bisection: exact, and no clock is asked.
    const ends = (fuelMax: number): boolean => {
      try {
        render("{{ v | replace(pairs, regexp=true) | length }}", { variables: { v: `${'a'.repeat(length)}!`, pairs: { [source]: '' } }, world, limits: { fuelMax, outputCharsMax: 10_000_000, depthMax: 100 } });
        return true;
      } catch (thrown) {
        if (thrown instanceof ExpressionError && thrown.kind === 'limit') return false;
        throw thrown;
      }
    };
    let [low, high] = [0, 1e8];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (ends(middle)) high = middle;
      else low = middle;
    }
    return high;
  };
  for (const source of ['(a+)+b', '(a|a)*b', '(a|aa)+$', '(.*)(.*)(.*)x', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    const ratio = steps(source, 4000) / steps(source, 2000);
    assert.ok(ratio > 1.5 && ratio < 2.5, `${source}: ${ratio}`);
  }
});

test('patterns that hang backtracking engines end', () => {
  const before = process.cpuUsage().user;
  for (const source of ['(a+)+b', '(a|a)*b', '(a|aa)+$', '(.*)*x', '([a-zA-Z]+)*b', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    render("{{ v | replace(pairs, regexp=true) | length }}", { variables: { v: `${'a'.repeat(50_000)}!`, pairs: { [source]: '' } }, world });
  }
  assert.ok(process.cpuUsage().user - before < 4_000_000);
});

test('what the engine does not have is refused with a sentence', () => {
  for (const source of ['(?=a)', '(?<!a)b', '(a)\\1', '(', 'a{2001}', '[z-a]']) {
    assert.throws(() => render("{{ 'a' | replace(pairs, regexp=true) }}", { variables: { pairs: { [source]: '' } }, world }), (error: unknown) => error instanceof ExpressionError && /can not be used/.test(error.message), source);
  }
});

test.run();
