import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('DayWeekInMonth accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { dayOfWeek: 'MONDAY', dayInMonth: 'FIRST' }), []);
});

test('DayWeekInMonth refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { dayOfWeek: 'MONDAY' }).length > 0);
});

test.run();
