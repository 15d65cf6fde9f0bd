import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('WorkingDirectory accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], inputFiles: { 'a.txt': 'x' }, cache: { ttl: 'PT1H', patterns: ['*.txt'] } }), []);
});

test('WorkingDirectory refuses to have a cache without patterns', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], cache: {} }).length > 0);
});

test.run();
