import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Expression accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { expression: '{{ trigger.body == 1 }}' }), []);
});

test('Expression refuses to have no expression', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
