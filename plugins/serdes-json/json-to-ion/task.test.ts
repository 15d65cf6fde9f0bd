import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const rows = async (content: string, properties: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///f', ...properties }, stored: { 'kestra:///f': content } });
  if (trial.outcome.type === 'failed') return trial.outcome.message;
  return (trial.stored[String(trial.outcome.outputs?.['uri'])] ?? '').split('\n').filter((row) => row !== '').map((row): unknown => JSON.parse(row));
};
const document = { newLine: false };

test('JSON lines become rows', async () => {
  assert.equal(await rows('{"a":1}\n\n[2]\n"x"'), [{ a: 1 }, [2], 'x']);
});
test('the elements of a list become rows, whatever stands inside them', async () => {
  assert.equal(await rows(' [ {"a": "],[\\"{"}, [1, [2]], "x", null ] \n', document), [{ a: '],["{' }, [1, [2]], 'x', null]);
  assert.equal(await rows('[]', document), []);
  assert.equal(await rows('\ufeff{"a": [1, 2]}', document), [{ a: [1, 2] }]);
});
test('what is no JSON, or is cut off, fails with what to do', async () => {
  assert.match(String(await rows('{\n"a": 1}\n')), /^Value 1 of the file is no JSON .*newLine: false/);
  assert.match(String(await rows('[1, 2', document)), /never closed/);
  assert.match(String(await rows('[1,,2]', document)), /Element 2 of the list is missing/);
  assert.match(String(await rows('[1] [2]', document)), /goes on/);
});

test.run();
