import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('TimeBetween accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { after: '08:00:00' }), []);
});

test('TimeBetween refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { from: '08:00:00' }).length > 0);
});

test.run();
