import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('ExecutionStatus accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { in: ['FAILED'] }), []);
});

test('ExecutionStatus refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { states: ['FAILED'] }).length > 0);
});

test.run();
