import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('HasRetryAttempt accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { in: ['FAILED'] }), []);
});

test('HasRetryAttempt refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { states: [] }).length > 0);
});

test.run();
