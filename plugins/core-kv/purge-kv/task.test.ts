import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('without properties only expired pairs of the own namespace and those below go', async () => {
  const trial = await tryTask(plugin, { answer: () => ({ ok: true, value: 3 }) });
  assert.equal(trial.requests, [{ type: 'purgeKv', includeChildNamespaces: true, namespaces: ['tests'], expiredOnly: true }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { size: 3 } });
});
test('namespaces, a pattern of keys and what goes are passed on', async () => {
  const trial = await tryTask(plugin, { properties: { namespacePattern: 'team.*', keyPattern: 'tmp-*', includeChildNamespaces: false, behavior: { type: 'key', expiredOnly: false } } });
  assert.equal(trial.requests, [{ type: 'purgeKv', includeChildNamespaces: false, namespaces: ['team.*'], keyPattern: 'tmp-*', expiredOnly: false }]);
});
test('two ways to name namespaces, or an unknown behaviour, are refused', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { namespaces: ['a'], namespacePattern: 'b*' } })).outcome), /expected one of them/);
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { behavior: { type: 'version' } } })).outcome), /behavior.type/);
});

test.run();
