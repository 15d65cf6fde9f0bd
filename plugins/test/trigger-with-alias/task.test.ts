import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('TriggerWithAlias accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, {}), []);
});

test('TriggerWithAlias refuses any property', () => {
  assert.ok(problemsOf(plugin, { interval: 'PT1H' }).length > 0);
});

test.run();
