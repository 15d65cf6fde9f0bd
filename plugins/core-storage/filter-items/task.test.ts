import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const stored = { 'kestra:///r': '{"id": 1, "keep": true}\n{"id": 2, "keep": false}\n{"id": 3, "keep": null}\n{"id": 4}\n' };
const filtered = async (properties: Readonly<Record<string, unknown>>): Promise<readonly unknown[] | string> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///r', filterCondition: '{{ keep }}', ...properties }, stored });
  if (trial.outcome.type === 'failed') return trial.outcome.message;
  const { uri, processedItemsTotal, droppedItemsTotal } = trial.outcome.outputs ?? {};
  const kept = (trial.stored[String(uri)] ?? '').split('\n').filter((line) => line !== '');
  assert.is(Number(processedItemsTotal), 4);
  assert.is(Number(droppedItemsTotal), 4 - kept.length);
  return kept.map((line) => Number(/"id": (\d)/.exec(line)?.[1]));
};

test('rows stay, or go, for which the condition holds', async () => {
  assert.equal(await filtered({ errorOrNullBehavior: 'EXCLUDE' }), [1]);
  assert.equal(await filtered({ errorOrNullBehavior: 'INCLUDE' }), [1, 3, 4]);
  assert.equal(await filtered({ errorOrNullBehavior: 'EXCLUDE', filterType: 'EXCLUDE' }), [2]);
});
test('a condition that gives nothing fails the task, unless told otherwise', async () => {
  assert.match(String(await filtered({})), /gave nothing for row 3/);
});

test.run();
