import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const stored = { 'kestra:///tests/_files/q/a.sql': 'A', 'kestra:///tests/_files/q/deep/b.sql': 'B', 'kestra:///tests/_files/c.txt': 'C' };

test('what matches is copied, under its path', async () => {
  const trial = await tryTask(plugin, { properties: { files: ['/q/**'] }, stored });
  const files = trial.outcome.outputs?.['files'];
  assert.ok(typeof files === 'object' && files !== null);
  assert.equal(Object.entries(files).map(([path, uri]) => [path, trial.stored[String(uri)]]), [['q/a.sql', 'A'], ['q/deep/b.sql', 'B']]);
});
test('the destination stands before the names; nothing that matches is a warning', async () => {
  const trial = await tryTask(plugin, { properties: { files: '*.txt', destination: '/in/' }, stored });
  assert.equal(Object.keys(trial.outcome.outputs?.['files'] ?? {}), ['in/c.txt']);
  assert.is((await tryTask(plugin, { properties: { files: '*.none' }, stored })).logs[0]?.level, 'WARN');
});

test.run();
