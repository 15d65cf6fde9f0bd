import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const read = async (content: string, properties: Readonly<Record<string, unknown>> = {}) => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///f.csv', ...properties }, stored: { 'kestra:///f.csv': content } });
  if (trial.outcome.type === 'failed') return trial.outcome.message;
  const rows: unknown[] = (trial.stored[String(trial.outcome.outputs?.['uri'])] ?? '').split('\n').filter((row) => row !== '').map((row) => JSON.parse(row));
  assert.is(trial.outcome.outputs?.['size'], rows.length);
  return rows;
};

test('records become maps of texts by the names of the first', async () => {
  assert.equal(await read('a,b\n1,x\n2,\n'), [{ a: '1', b: 'x' }, { a: '2', b: '' }]);
  assert.equal(await read('a,b\r\n1,é\r\n'), [{ a: '1', b: 'é' }]);
  assert.equal(await read('1,2\n3,4', { header: false }), [['1', '2'], ['3', '4']]);
});
test('inside delimiters separators, line ends and doubled delimiters are text', async () => {
  assert.equal(await read('a,b\n"x, y","say ""hi""\nthere"\n'), [{ a: 'x, y', b: 'say "hi"\nthere' }]);
  assert.equal(await read("a;b\n'x;y';z\n", { fieldSeparator: ';', textDelimiter: "'" }), [{ a: 'x;y', b: 'z' }]);
  assert.equal(await read('a\tb\n1\t2\n', { fieldSeparator: '\\t' }), [{ a: '1', b: '2' }]);
});
test('records before the names are left out; so are empty lines', async () => {
  assert.equal(await read('made today\na,b\n\n1,2\n', { skipRows: 1 }), [{ a: '1', b: '2' }]);
  assert.equal(await read('1\n\n2\n', { header: false }), [['1'], [''], ['2']]);
  assert.equal(await read('1\n\n2\n', { header: false, skipEmptyRows: true }), [['1'], ['2']]);
});
test('a record that does not fit fails with its line, is warned of, or left out', async () => {
  const broken = 'a,b\n1\n2,3\n"x"y,4\n5,6\n';
  assert.match(String(await read(broken)), /^The record in line 2 does not fit: it has 1 fields, and there are 2 names/);
  assert.equal(await read(broken, { onBadLines: 'SKIP' }), [{ a: '2', b: '3' }, { a: '5', b: '6' }]);
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///f.csv', onBadLines: 'WARN' }, stored: { 'kestra:///f.csv': broken } });
  assert.equal(trial.logs.map((line) => line.level), ['WARN', 'WARN']);
  assert.match(trial.logs[1]?.message ?? '', /line 4 .*after the closing " of a field comes "y"/);
  assert.match(String(await read('a\n"open')), /never closed/);
});
test('wrong properties are refused with what was found', async () => {
  assert.match(String(await read('a\n', { fieldSeparator: '::' })), /"fieldSeparator" is "::"/);
  assert.match(String(await read('a\n', { charset: 'klingon' })), /"charset" is "klingon"/);
  assert.match(String(await read('a\n', { onBadLines: 'CRY' })), /"onBadLines" is "CRY"/);
});

test.run();
