import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('ExecutionFlow accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { namespace: 'a', flowId: 'b' }), []);
});

test('ExecutionFlow refuses what it does not know or misses', () => {
  assert.ok(problemsOf(plugin, { flowId: 'b' }).length > 0);
});

test.run();
