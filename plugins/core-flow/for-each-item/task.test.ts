import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnable } from '../../sdk/index.ts';
import { problemsOf, tryTask } from '../../sdk/testing.ts';
import { bytesOf, split } from './split.ts';
import { plugin } from './task.ts';

test('ForEachItem accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { items: '{{ inputs.file }}', batch: { rows: 10 }, namespace: 'a', flowId: 'b' }), []);
});

test('ForEachItem refuses to have no file', () => {
  assert.ok(problemsOf(plugin, { namespace: 'a', flowId: 'b' }).length > 0);
});

const file = (lines: number): string => Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join('');
const trial = (batch: Readonly<Record<string, unknown>>, lines: number) =>
  tryTask(runnable({ ...plugin, runs: 'thread', run: split }), { properties: { items: 'kestra:///f', batch }, stored: { 'kestra:///f': file(lines) } });
const batchesOf = ({ outcome, stored }: Awaited<ReturnType<typeof trial>>): readonly string[] =>
  (stored[String(outcome.outputs?.['splits'])] ?? '').split('\n').filter((uri) => uri !== '').map((uri) => stored[uri] ?? '');

test('a file is split by rows, the last batch is the rest', async () => {
  const batches = batchesOf(await trial({ rows: 4 }, 10));
  assert.is(batches.length, 3);
  assert.is(batches.join(''), file(10));
  assert.is(batches[2], 'line 9\nline 10\n');
});

test('a file is split by bytes, and no line is cut', async () => {
  const batches = batchesOf(await trial({ bytes: '16B' }, 5));
  assert.is(batches.join(''), file(5));
  assert.ok(batches.every((batch) => batch.length <= 16 && batch.endsWith('\n')));
});

test('a file is dealt out to partitions', async () => {
  const batches = batchesOf(await trial({ partitions: 3 }, 7));
  assert.equal(batches.map((batch) => batch.split('\n').length - 1), [3, 2, 2]);
});

test('what is no file and no size is refused with its place', async () => {
  const { outcome } = await tryTask(runnable({ ...plugin, runs: 'thread', run: split }), { properties: { items: 'hello' } });
  assert.match(outcome.type === 'failed' ? outcome.message : '', '"items" must be the address of a stored file');
  assert.throws(() => bytesOf('much'), '"batch.bytes" must be a size');
  assert.is(bytesOf('1.5 KB'), 1536);
});
test.run();
