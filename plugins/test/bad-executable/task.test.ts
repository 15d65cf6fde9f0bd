import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('BadExecutable accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { namespace: 'a', flowId: 'b' }), []);
});

test('BadExecutable refuses to have no flow', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
