import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixedAmbient } from '../ambient/index.ts';
import { openEnvironment } from '../store/index.ts';
import { createPreferences, type Caller, type PreferenceStore } from './index.ts';

const caller = (id: string, role: 'admin' | 'editor' | 'viewer' = 'editor'): Caller => ({
  participant: { id, name: id[0]?.toUpperCase() + id.slice(1), kind: 'person', role, color: 1 }, tenant: 'main', door: 'rpc', credential: { type: 'session', id }, address: '127.0.0.1',
});

async function inStore(story: (store: PreferenceStore) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-preferences-'));
  const front = openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
  try {
    await story(createPreferences({ front, ambient: fixedAmbient() }));
  } finally {
    await front.close();
    rmSync(folder, { recursive: true });
  }
}
const refused = async (work: Promise<unknown>): Promise<string> => await work.then(() => 'it was not refused', (error: unknown) => (error instanceof Error ? error.message : String(error)));
const search = { page: 'executions', name: 'Failures', query: '?state=FAILED', shared: false };

test('what somebody has chosen is theirs alone, and can be forgotten', () => inStore(async (store) => {
  await store.set(caller('maya'), 'executions.columns', ['id', 'state']);
  assert.equal(store.load(caller('maya')).values, { 'executions.columns': ['id', 'state'] });
  assert.equal(store.load(caller('tom')).values, {});
  await store.set(caller('maya'), 'executions.columns', undefined);
  assert.equal(store.load(caller('maya')).values, {});
}));
test('a search is its owner\'s until it is shared; the same name on the same list replaces it', () => inStore(async (store) => {
  await store.saveSearch(caller('maya'), search);
  assert.equal(store.load(caller('tom')).searches, []);
  const again = await store.saveSearch(caller('maya'), { ...search, query: '?state=FAILED,KILLED', shared: true });
  assert.equal(store.load(caller('tom')).searches, [again]);
  assert.is(store.load(caller('maya')).searches.length, 1);
}));
test('a viewer does not share, and nobody but the owner or an administrator removes what is shared', () => inStore(async (store) => {
  assert.match(await refused(store.saveSearch(caller('vera', 'viewer'), { ...search, shared: true })), /Viewers keep searches for themselves/);
  const own = await store.saveSearch(caller('maya'), search);
  assert.match(await refused(store.removeSearch(caller('tom'), own.id)), /Not Found/);
  const shared = await store.saveSearch(caller('maya'), { ...search, shared: true });
  assert.match(await refused(store.removeSearch(caller('tom'), shared.id)), /belongs to Maya/);
  await store.removeSearch(caller('ada', 'admin'), shared.id);
  assert.equal(store.load(caller('maya')).searches, []);
}));
test.run();
