import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the engine is asked with dates and levels', async () => {
  const trial = await tryTask(plugin, { properties: { namespace: 'tests', logLevels: ['debug'], startDate: '2024-01-01', endDate: '{{ d }}' }, variables: { d: '2024-02-01T00:00:00+01:00' }, answer: () => ({ ok: true, value: 7 }) });
  assert.equal(trial.requests, [{ type: 'purgeLogs', query: { levels: ['DEBUG'], endMs: Date.UTC(2024, 0, 31, 23), startMs: Date.UTC(2024, 0, 1), namespace: 'tests' } }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { count: 7 } });
});
test('without an end, with a date or level that is none, it fails before anything is deleted', async () => {
  for (const [properties, why] of [[{}, /"endDate\\" is missing/], [{ endDate: 'yesterday' }, /expected a date/], [{ endDate: '2024-01-01', logLevels: ['LOUD'] }, /has \\"LOUD\\"/]] as const) {
    const trial = await tryTask(plugin, { properties });
    assert.match(JSON.stringify(trial.outcome), why);
    assert.equal(trial.requests, []);
  }
});

test.run();
