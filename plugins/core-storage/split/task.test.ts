import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const stored = { 'kestra:///x/data.csv': 'one\ntwo\nthrée\nfour\nfive' };
const partsOf = async (properties: Readonly<Record<string, unknown>>): Promise<readonly (string | undefined)[] | string> => {
  const trial = await tryTask(plugin, { properties: { from: 'kestra:///x/data.csv', ...properties }, stored });
  if (trial.outcome.type === 'failed') return trial.outcome.message;
  const uris = trial.outcome.outputs?.['uris'];
  return Array.isArray(uris) ? uris.map((uri) => trial.stored[String(uri)]) : 'no list';
};

test('so many rows each; the last file has the rest', async () => {
  assert.equal(await partsOf({ rows: 2 }), ['one\ntwo\n', 'thrée\nfour\n', 'five\n']);
  assert.equal(await partsOf({ rows: '10' }), ['one\ntwo\nthrée\nfour\nfive\n']);
});
test('so many bytes each at most, and a line is never cut', async () => {
  assert.equal(await partsOf({ bytes: '8B' }), ['one\ntwo\n', 'thrée\n', 'four\n', 'five\n']);
  assert.equal(await partsOf({ bytes: '1KB' }), ['one\ntwo\nthrée\nfour\nfive\n']);
});
test('into so many files, dealt out one by one', async () => {
  assert.equal(await partsOf({ partitions: 2 }), ['one\nthrée\nfive\n', 'two\nfour\n']);
  assert.is((await partsOf({ partitions: 9 })).length, 5);
});
test('exactly one way to split is given, with a number that makes sense', async () => {
  assert.match(String(await partsOf({})), /exactly one/);
  assert.match(String(await partsOf({ rows: 1, partitions: 1 })), /exactly one/);
  assert.match(String(await partsOf({ rows: 0 })), /"rows" is "0"/);
  assert.match(String(await partsOf({ bytes: 'many' })), /"bytes" is "many"/);
});

test.run();
