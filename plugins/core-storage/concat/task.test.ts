import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the files follow each other, each with the separator behind it', async () => {
  const trial = await tryTask(plugin, { properties: { files: ['{{ a }}', 'kestra:///b'], separator: '\n', extension: '.txt' }, variables: { a: 'kestra:///a' }, stored: { 'kestra:///a': 'one', 'kestra:///b': 'two' } });
  const uri = String(trial.outcome.outputs?.['uri']);
  assert.match(uri, /\.txt$/);
  assert.is(trial.stored[uri], 'one\ntwo\n');
});

test('the list may be a text that renders to JSON; an empty one, or a file that is not there, fails', async () => {
  const trial = await tryTask(plugin, { properties: { files: '["kestra:///a","kestra:///a"]' }, stored: { 'kestra:///a': 'x' } });
  assert.is(trial.stored[String(trial.outcome.outputs?.['uri'])], 'xx');
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { files: [] } })).outcome), /\\"files\\" is empty/);
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { files: ['kestra:///none'] } })).outcome), /no file/);
});

test.run();
