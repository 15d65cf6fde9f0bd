import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('SetVariables accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { variables: { a: 1 }, overwrite: false }), []);
});

test('SetVariables refuses to have no variables', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
