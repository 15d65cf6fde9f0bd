import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Webhook accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { key: '{{ secret("KEY") }}', wait: true, returnOutputs: true, inputs: { a: '{{ trigger.body.a }}' } }), []);
});

test('Webhook refuses to have no key', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
