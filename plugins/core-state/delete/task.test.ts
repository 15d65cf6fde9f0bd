import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the engine is asked; with errorOnMissing one that is not there fails', async () => {
  const trial = await tryTask(plugin, { properties: { name: 'x' }, answer: () => ({ ok: true, value: true }) });
  assert.equal(trial.requests, [{ type: 'deleteState', state: { name: 'x', ofNamespace: false } }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { deleted: true } });
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { errorOnMissing: true }, answer: () => ({ ok: true, value: false }) })).outcome), /no state/);
});

test.run();
