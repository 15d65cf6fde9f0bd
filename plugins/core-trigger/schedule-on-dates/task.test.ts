import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('ScheduleOnDates accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { dates: ['2027-01-04T06:00:00'], timezone: 'Europe/Paris' }), []);
});

test('ScheduleOnDates refuses to have no dates', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
