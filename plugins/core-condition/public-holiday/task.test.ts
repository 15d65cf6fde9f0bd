import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('PublicHoliday accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { country: 'FR' }), []);
});

test('PublicHoliday refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
