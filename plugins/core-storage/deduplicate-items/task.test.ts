import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const rows = '{"id": 1, "v": "a"}\n{id: 2, v: "b"}\n\n{"id": 1, "v": "c"}\n';

test('of each key the last row stays, as it was written', async () => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///r', expr: '{{ id }}' }, stored: { 'kestra:///r': rows } });
  assert.equal({ ...trial.outcome.outputs, uri: undefined }, { uri: undefined, numKeys: 2, processedItemsTotal: 3, droppedItemsTotal: 1 });
  assert.is(trial.stored[String(trial.outcome.outputs?.['uri'])], '{id: 2, v: "b"}\n{"id": 1, "v": "c"}\n');
});
test('a line that is no value fails with its number', async () => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///r', expr: '{{ id }}' }, stored: { 'kestra:///r': '{"id":1}\n{{{\n' } });
  assert.match(trial.outcome.type === 'failed' ? trial.outcome.message : '', /^Line 2 of the file/);
});

test.run();
