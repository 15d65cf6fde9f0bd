import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Subflow accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { namespace: 'a', flowId: 'b', inputs: { x: 1 }, labels: { k: 'v' }, wait: false, transmitFailed: false, inheritLabels: true, revision: 3 }), []);
});

test('Subflow refuses to have no flow', () => {
  assert.ok(problemsOf(plugin, { namespace: 'a' }).length > 0);
});

test('Subflow refuses revision 0', () => {
  assert.ok(problemsOf(plugin, { namespace: 'a', flowId: 'b', revision: 0 }).length > 0);
});

test.run();
