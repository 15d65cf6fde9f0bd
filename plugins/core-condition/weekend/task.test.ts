import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Weekend accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, {}), []);
});

test('Weekend refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { day: 1 }).length > 0);
});

test.run();
