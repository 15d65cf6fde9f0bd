import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { durationOf, durationParts } from './duration.ts';

test('a duration is its parts and back', () => {
  assert.equal(durationParts('P1Y2M3W4DT5H6M7.5S'), { years: 1, months: 2, weeks: 3, days: 4, hours: 5, minutes: 6, seconds: 7.5 });
  for (const text of ['PT5M', 'P2D', 'P1DT12H', 'P1Y2M3W4DT5H6M7S']) assert.is(durationOf(durationParts(text) ?? {}), text);
});
test('what is no duration has no parts, and no parts are no duration', () => {
  for (const text of ['', 'P', 'PT', '5m', 'PT5X']) assert.is(durationParts(text), undefined, text);
  assert.is(durationOf({}), '');
  assert.is(durationOf({ hours: 0 }), '');
});
test.run();
