import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Process accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, {}), []);
});

test('Process refuses any property', () => {
  assert.ok(problemsOf(plugin, { image: 'ubuntu' }).length > 0);
});

test.run();
