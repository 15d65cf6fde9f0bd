import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('PollingTrigger accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { interval: 'PT1S', find: 'x' }), []);
});

test('PollingTrigger refuses to have nothing to find', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
