import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const written = async (content: string, properties: Readonly<Record<string, unknown>> = {}): Promise<string | undefined> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///r', ...properties }, stored: { 'kestra:///r': content } });
  return trial.outcome.type === 'failed' ? trial.outcome.message : trial.stored[String(trial.outcome.outputs?.['uri'])];
};

test('maps become records under their names; null is empty, maps and lists are JSON', async () => {
  assert.is(await written('{"a": 1, "b": null}\n{"a": true, "b": {"c": 1}}\n'), 'a,b\n1,\ntrue,"{""c"":1}"\n');
  assert.is(await written('{a: 1.5, b: 2024-01-02T}\n', { header: false }), '1.5,2024-01-02\n');
  assert.is(await written('["x", 2]\n'), 'x,2\n');
});
test('what needs it is delimited, or everything is', async () => {
  assert.is(await written('{"a": "x,y", "b": "say \\"hi\\"", "c": "two\\nlines", "d": "plain"}\n', { header: false }), '"x,y","say ""hi""","two\nlines",plain\n');
  assert.is(await written('{"a": "x"}\n', { alwaysDelimitText: true, textDelimiter: "'", lineDelimiter: '\r\n' }), "'a'\r\n'x'\r\n");
  assert.is(await written('{"a": "x;y", "b": 1}\n', { fieldSeparator: ';', quoteMode: 'ALWAYS', header: false }), '"x;y";"1"\n');
});
test('a row that has a member more, or is no row, fails with its number', async () => {
  assert.match(await written('{"a": 1}\n{"a": 1, "b": 2}\n') ?? '', /^Row 2 has the member "b"/);
  assert.match(await written('12\n') ?? '', /^Row 1 of the file is neither/);
});

test.run();
