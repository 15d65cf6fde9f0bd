import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const count = ({ flowId, namespace }: { readonly flowId?: string; readonly namespace?: string }): number => (flowId === 'busy' ? 5 : namespace === 'quiet' ? 0 : 1);

test('only counts for which the expression is true are given out, and summed up', async () => {
  const properties = { flows: [{ namespace: 'tests', flowId: 'busy' }, { namespace: 'tests', flowId: '{{ f }}' }], namespaces: ['quiet'], startDate: '2024-01-01T00:00:00Z', expression: '{{ matters }}' };
  const all = await tryTask(plugin, { properties, variables: { f: 'idle', matters: true }, count });
  assert.equal(all.outcome.outputs, { results: [{ namespace: 'tests', flowId: 'busy', count: 5 }, { namespace: 'tests', flowId: 'idle', count: 1 }, { namespace: 'quiet', count: 0 }], total: 6 });
  assert.equal((await tryTask(plugin, { properties, variables: { f: 'idle', matters: false }, count })).outcome.outputs, { results: [], total: 0 });
});
test('states and dates are passed on', async () => {
  let asked: unknown;
  await tryTask(plugin, { properties: { namespaces: 'a', states: ['failed'], startDate: '2024-01-01', endDate: '2024-01-02', expression: 'true' }, count: (query) => {
    asked = query;
    return 0;
  } });
  assert.equal(asked, { namespace: 'a', states: ['FAILED'], startMs: Date.UTC(2024, 0, 1), endMs: Date.UTC(2024, 0, 2) });
});
test('without flows, or a flow without its id, it fails', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { startDate: '2024-01-01', expression: 'true' } })).outcome), /Neither/);
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { flows: [{ namespace: 'a' }], startDate: '2024-01-01', expression: 'true' } })).outcome), /flows\[0\]/);
});

test.run();
