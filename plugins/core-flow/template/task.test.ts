import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Template accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { namespace: 'a', templateId: 'b' }), []);
});

test('Template refuses to have no id', () => {
  assert.ok(problemsOf(plugin, { namespace: 'a' }).length > 0);
});

test.run();
