import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Pause accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { pauseDuration: 'PT1H', behavior: 'WARN', onResume: [{ id: 'comment', type: 'STRING' }] }), []);
});

test('Pause refuses a behaviour that it does not know', () => {
  assert.ok(problemsOf(plugin, { behavior: 'EXPLODE' }).length > 0);
});

test.run();
