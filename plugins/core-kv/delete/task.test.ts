import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the engine is asked, and says whether it was there', async () => {
  const trial = await tryTask(plugin, { properties: { key: 'k' }, answer: () => ({ ok: true, value: true }) });
  assert.equal(trial.requests, [{ type: 'deleteKv', namespace: 'tests', key: 'k' }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { deleted: true } });
});
test('with errorOnMissing a key that is not there fails', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { key: 'k', errorOnMissing: true }, answer: () => ({ ok: true, value: false }) })).outcome), /No value found/);
  assert.equal((await tryTask(plugin, { properties: { key: 'k' }, answer: () => ({ ok: true, value: false }) })).outcome, { type: 'succeeded', outputs: { deleted: false } });
});

test.run();
