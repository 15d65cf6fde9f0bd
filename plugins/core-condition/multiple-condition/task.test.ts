import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('MultipleCondition accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { conditions: { a: { type: 'x' } } }), []);
});

test('MultipleCondition refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
