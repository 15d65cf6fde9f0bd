import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('RealtimeTrigger accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { count: 3, breaks: true }), []);
});

test('RealtimeTrigger refuses a number of messages below nothing', () => {
  assert.ok(problemsOf(plugin, { count: -1 }).length > 0);
});

test.run();
