import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMask } from './mask.ts';

const cases: readonly (readonly [string, string])[] = [['a', '*'], ['12345678', '********'], ['123456789', '**masked*'], ['123456789012', '**masked****']];
for (const [secret, stars] of cases) {
  test(`the secret of ${secret.length} characters becomes ${stars}`, () => {
    assert.is(createMask([secret]).apply(`<${secret}>`), `<${stars}>`);
  });
}

test('a secret that holds another one is hidden as a whole', () => {
  const mask = createMask(['abcd', 'abcdefghijkl']);
  assert.is(mask.apply('abcdefghijkl abcd'), '**masked**** ****');
});

test('the lines of a secret of several lines are hidden by themselves', () => {
  assert.is(createMask(['first-line\nsecond-line']).apply('say second-line'), 'say **masked***');
});

test('special characters mean nothing, neither in the secret nor in the text', () => {
  assert.is(createMask(['$&.*']).apply('a $&.* b $&'), 'a **** b $&');
});

test('an empty secret hides nothing', () => {
  assert.is(createMask(['', ' ']).apply('a b'), 'a b');
});

test.run();
