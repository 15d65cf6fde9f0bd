import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const reversed = async (content: string, more: Readonly<Record<string, unknown>> = {}): Promise<string | undefined> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///a/f.txt', ...more }, stored: { 'kestra:///a/f.txt': content } });
  return trial.outcome.type === 'failed' ? trial.outcome.message : trial.stored[String(trial.outcome.outputs?.['uri'])];
};

test('the last line comes first, whether the file ends with a line end or not', async () => {
  assert.is(await reversed('1\n2\nthrée\n'), 'thrée\n2\n1\n');
  assert.is(await reversed('1\n2\n3'), '3\n2\n1\n');
  assert.is(await reversed('a\n\nb\n'), 'b\n\na\n');
  assert.is(await reversed(''), '');
});
test('another separator, and lines that lie across the blocks in which the file is read', async () => {
  assert.is(await reversed('a--b--c', { separator: '--' }), 'c--b--a--');
  const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index} é`);
  assert.is(await reversed(`${lines.join('\n')}\n`), `${[...lines].reverse().join('\n')}\n`);
});
test('a charset whose line ends can not be found is refused', async () => {
  assert.match(await reversed('x', { charset: 'UTF-16' }) ?? '', /"charset" is "UTF-16"/);
});

test.run();
