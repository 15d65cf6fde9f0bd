import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('DateTimeBetween accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { after: '2026-01-01T00:00:00Z' }), []);
});

test('DateTimeBetween refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { until: 'x' }).length > 0);
});

test.run();
