import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const requested = async (properties: Readonly<Record<string, unknown>>, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
  const trial = await tryTask(plugin, { properties: { key: 'k', ...properties }, variables });
  return trial.outcome.type === 'failed' ? trial.outcome.message : trial.requests[0];
};
const plain = { type: 'putKv', namespace: 'tests', key: 'k', overwrite: true };

test('an expression keeps its type; namespace, time and description go along', async () => {
  assert.equal(await requested({ value: '{{ n }}' }, { n: 12 }), { ...plain, value: 12 });
  assert.equal(await requested({ value: { a: '{{ n }}' }, namespace: 'other', overwrite: false, ttl: 'PT1H', kvDescription: 'why' }, { n: 1 }), { ...plain, namespace: 'other', overwrite: false, value: { a: 1 }, ttlMs: 3_600_000, description: 'why' });
});
test('kvType turns the value into its type, or says why it can not', async () => {
  for (const [kvType, value, expected] of [['NUMBER', '1.5', 1.5], ['BOOLEAN', 'TRUE', true], ['STRING', 7, '7'], ['JSON', '{"a":[1]}', { a: [1] }], ['DURATION', 'PT5M', 'PT5M'], ['DATE', '2024-02-29', '2024-02-29'], ['DATETIME', '2024-02-29T10:00:00Z', '2024-02-29T10:00:00Z']] as const) {
    assert.equal(await requested({ value, kvType }), { ...plain, value: expected, kvType }, kvType);
  }
  for (const [kvType, value] of [['NUMBER', 'many'], ['BOOLEAN', 'perhaps'], ['JSON', '{'], ['DURATION', 'long'], ['DATE', '2024-13-01'], ['DATETIME', 'today']] as const) {
    assert.match(String(await requested({ value, kvType })), new RegExp(`is no ${kvType}`));
  }
  assert.match(String(await requested({ value: 1, kvType: 'COLOUR' })), /"kvType" is "COLOUR"/);
});
test('a refusal of the engine fails the task with its reason', async () => {
  const trial = await tryTask(plugin, { properties: { key: 'k', value: 1, overwrite: false }, answer: () => ({ ok: false, message: 'it is there' }) });
  assert.equal(trial.outcome, { type: 'failed', message: 'it is there' });
});

test.run();
