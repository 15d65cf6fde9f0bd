import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

/** Made from entries: an object written with a member `then` looks like a promise. */
const withThen = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...Object.entries(more), ['then', [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }]]]);

test('If accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, withThen({ condition: '{{ true }}', else: [] })), []);
});

test('If refuses to have no condition', () => {
  assert.ok(problemsOf(plugin, withThen({})).length > 0);
});

test('If refuses to have no branch', () => {
  assert.ok(problemsOf(plugin, { condition: '{{ true }}' }).length > 0);
});

test.run();
