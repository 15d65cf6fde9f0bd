import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('EachSequential accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { value: '["a"]', tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }), []);
});

test('EachSequential refuses the property of ForEach', () => {
  assert.ok(problemsOf(plugin, { value: '[]', values: '[]', tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }).length > 0);
});

test.run();
