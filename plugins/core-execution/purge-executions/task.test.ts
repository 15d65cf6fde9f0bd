import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the engine is asked, by default for everything that they left', async () => {
  const counts = { executionsCount: 2, logsCount: 9, metricsCount: 1, storagesCount: 1 };
  const trial = await tryTask(plugin, { properties: { namespace: 'tests', endDate: '2024-01-01T00:00:00Z', states: ['success'], purgeMetric: false }, answer: () => ({ ok: true, value: counts }) });
  assert.equal(trial.requests, [{ type: 'purgeExecutions', query: { states: ['SUCCESS'], endMs: Date.UTC(2024, 0, 1), namespace: 'tests' }, executions: true, logs: true, metrics: false, files: true }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: counts });
});
test('a flow without a namespace is one of the own namespace; without an end it fails', async () => {
  const trial = await tryTask(plugin, { properties: { flowId: 'f', endDate: '2024-01-01' } });
  assert.match(JSON.stringify(trial.requests), /"namespace":"tests"/);
  assert.match(JSON.stringify((await tryTask(plugin, {})).outcome), /endDate/);
});

test.run();
