import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the rendered text is the output, with its length as a metric', async () => {
  const trial = await tryTask(plugin, { properties: { format: '{{ word }}!' }, variables: { word: 'yes' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { value: 'yes!' } });
  assert.equal(trial.metrics.map((metric) => [metric.type, metric.name, metric.value]), [['counter', 'length', 4], ['timer', 'duration', 0]]);
  assert.equal(trial.logs, [{ level: 'DEBUG', message: 'yes!' }]);
});

test('without a text there is no value', async () => {
  const trial = await tryTask(plugin, { properties: { format: null } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: {} });
});

test.run();
