import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Schedule accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { cron: '0 9 * * 1-5', timezone: 'Europe/Paris', inputs: { a: 1 }, recoverMissedSchedules: 'LAST', lateMaximumDelay: 'PT5M' }), []);
});

test('Schedule refuses to have no cron', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test('Schedule refuses a way of recovery that it does not know', () => {
  assert.ok(problemsOf(plugin, { cron: '@daily', recoverMissedSchedules: 'SOME' }).length > 0);
});

test.run();
