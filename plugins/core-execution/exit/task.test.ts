import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Exit accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { state: 'WARNING' }), []);
});

test('Exit refuses another word', () => {
  assert.ok(problemsOf(plugin, { state: 'DONE' }).length > 0);
});

test.run();
