import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const line = (level: 'DEBUG' | 'INFO', message: string, more: { readonly executionId?: string; readonly taskId?: string } = {}) =>
  ({ namespace: 'tests', flowId: 'flow', executionId: 'execution', taskId: 'a', timestamp: '2024-01-01T00:00:00.000Z', level, message, deleted: false, position: 0, ...more }) as const;
const logLines = [line('DEBUG', 'quiet'), line('INFO', 'loud'), line('INFO', 'b', { taskId: 'b' }), line('INFO', 'stranger', { executionId: 'other' })];
const messages = async (properties: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
  const trial = await tryTask(plugin, { properties, logLines });
  const rows = (trial.stored[String(trial.outcome.outputs?.['uri'])] ?? '').split('\n').filter((row) => row !== '');
  assert.is(trial.outcome.outputs?.['size'], rows.length);
  return rows.map((row) => String(JSON.parse(row).message));
};

test('of this execution from INFO on; by task, by level, by execution', async () => {
  assert.equal(await messages({}), ['loud', 'b']);
  assert.equal(await messages({ tasksId: ['b'] }), ['b']);
  assert.equal(await messages({ level: 'DEBUG', tasksId: 'a' }), ['quiet', 'loud']);
  assert.equal(await messages({ executionId: 'other' }), ['stranger']);
  assert.equal(await messages({ namespace: 'tests' }), ['loud', 'b', 'stranger']);
});

test.run();
