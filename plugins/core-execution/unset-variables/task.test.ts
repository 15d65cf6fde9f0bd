import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('UnsetVariables accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { variables: ['a'], ignoreMissing: true }), []);
});

test('UnsetVariables refuses to have no variables', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
