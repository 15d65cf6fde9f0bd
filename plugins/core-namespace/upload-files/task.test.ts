import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const there = { 'kestra:///tests/_files/q/a.sql': 'old', 'kestra:///x/data%20b.csv': 'b' };

test('a map of texts and addresses is written below the destination', async () => {
  const trial = await tryTask(plugin, { properties: { filesMap: { 'a.sql': 'new {{ n }}', '/b.csv': 'kestra:///x/data%20b.csv' }, destination: '/q/' }, variables: { n: 1 }, stored: there });
  assert.equal(trial.outcome.outputs, { files: { 'q/a.sql': 'kestra:///tests/_files/q/a.sql', 'q/b.csv': 'kestra:///tests/_files/q/b.csv' } });
  assert.is(trial.stored['kestra:///tests/_files/q/a.sql'], 'new 1');
  assert.is(trial.stored['kestra:///tests/_files/q/b.csv'], 'b');
});
test('an address in the list keeps its own name', async () => {
  const trial = await tryTask(plugin, { properties: { files: ['kestra:///x/data%20b.csv'], namespace: 'other' }, stored: there });
  assert.equal(trial.outcome.outputs, { files: { 'data b.csv': 'kestra:///other/_files/data b.csv' } });
});
test('a file that is there is left or refused, as told, and then nothing is written', async () => {
  const skipped = await tryTask(plugin, { properties: { filesMap: { 'q/a.sql': 'new', 'q/c.sql': 'c' }, conflict: 'SKIP' }, stored: there });
  assert.is(skipped.stored['kestra:///tests/_files/q/a.sql'], 'old');
  assert.is(skipped.stored['kestra:///tests/_files/q/c.sql'], 'c');
  const refused = await tryTask(plugin, { properties: { filesMap: { 'q/c.sql': 'c', 'q/a.sql': 'new' }, conflict: 'ERROR' }, stored: there });
  assert.match(refused.outcome.type === 'failed' ? refused.outcome.message : '', /has the file "q\/a.sql" already/);
  assert.is(refused.stored['kestra:///tests/_files/q/c.sql'], undefined);
});

test.run();
