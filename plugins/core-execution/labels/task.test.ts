import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Labels accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { labels: { a: '{{ inputs.a }}' } }), []);
});

test('Labels refuses to have no labels', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
