import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const written = async (content: string, properties: Readonly<Record<string, unknown>> = {}): Promise<string | undefined> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///r', ...properties }, stored: { 'kestra:///r': content } });
  return trial.outcome.type === 'failed' ? trial.outcome.message : trial.stored[String(trial.outcome.outputs?.['uri'])];
};

test('one value a line, or one list', async () => {
  assert.is(await written('{a: 1, when: 2024-01-02T10:00:00Z}\n"x"\n'), '{"a":1,"when":"2024-01-02T10:00:00Z"}\n"x"\n');
  assert.is(await written('{a: 1}\n{a: 2}\n', { newLine: false }), '[{"a":1},{"a":2}]');
  assert.is(await written('', { newLine: false }), '[]');
});
test('a line that is no value fails with its number', async () => {
  assert.match(await written('{a: 1}\n{a: }}\n') ?? '', /^Line 2/);
});

test.run();
