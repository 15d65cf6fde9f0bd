import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openWorld, until, validSource, type World } from '../../server/documents/testing-world.ts';
import { openFlowDocument, openPresence, type FlowDocument } from './index.ts';

async function openFlow(run: (world: World, open: (name: string) => FlowDocument) => Promise<void>): Promise<void> {
  const world = openWorld();
  const { record } = await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const opened: FlowDocument[] = [];
  await run(world, (name) => {
    const document = openFlowDocument({ tenant: 'main', namespace: 'team.a', id: 'a', birth: record.birth, address: 'ws://test/sync/main', socket: world.socketOf(name) });
    opened.push(document);
    return document;
  });
  for (const document of opened) document.destroy();
  await world.close();
}

test('a page sees the text, its colleagues and what the server says of the draft', () => openFlow(async (_world, open) => {
  const ada = open('ada');
  const ben = open('ben');
  await Promise.all([ada.synced, ben.synced]);
  assert.is(ada.status(), 'connected');
  assert.is(ada.text.toString(), validSource('a'));
  ben.show('selection', { anchor: 1, head: 2 });
  await until(() => ada.people().some((person) => person.user.name === 'ben' && person.state['selection'] !== undefined));
  assert.equal(ada.people().find((person) => person.user.name === 'ben')?.user, { id: 'p-ben', name: 'ben', color: 3, kind: 'person', role: 'editor' });
  const told: boolean[] = [];
  ada.onAnnouncement((announcement) => told.push(announcement.differs));
  ben.text.insert(0, '# hi\n');
  await until(() => told.includes(true));
  assert.is(ada.announcement()?.hunkCount, 1);
  assert.is(ada.announcement()?.revision, 1);
}));

test('undo takes back one\'s own gestures, one by one, and nobody else\'s', () => openFlow(async (_world, open) => {
  const ada = open('ada');
  const ben = open('ben');
  await Promise.all([ada.synced, ben.synced]);
  const editor = { name: 'the editor' };
  ada.track(editor);
  ada.doc.transact(() => ada.text.insert(0, '# typed\n'), editor);
  ada.gesture('graph', [{ from: 0, to: 0, insert: '# graph\n' }, { from: ada.text.length, to: ada.text.length, insert: '# end\n' }]);
  ada.gesture('form', [{ from: 0, to: 0, insert: '# form\n' }]);
  ben.text.insert(0, '# ben\n');
  await until(() => ada.text.toString().includes('# ben') && ben.text.toString().includes('# form'));
  ada.undo.undo();
  assert.ok(!ada.text.toString().includes('# form') && ada.text.toString().includes('# graph'));
  ada.undo.undo();
  assert.ok(!ada.text.toString().includes('# graph') && !ada.text.toString().includes('# end') && ada.text.toString().includes('# typed'));
  ada.undo.undo();
  assert.is(ada.text.toString(), `# ben\n${validSource('a')}`);
  ada.undo.redo();
  assert.ok(ada.text.toString().includes('# typed'));
}));

test('after a broken connection what was typed meanwhile arrives, and colleagues are seen at once', () => openFlow(async (world, open) => {
  const ada = open('ada');
  const ben = open('ben');
  await Promise.all([ada.synced, ben.synced]);
  await until(() => ada.people().some((person) => person.user.name === 'ben'));
  world.cutAll();
  assert.is(ada.status(), 'disconnected');
  assert.not(ada.people().some((person) => person.user.name === 'ben'));
  ada.text.insert(0, '# offline\n');
  await until(() => ada.status() === 'connected' && ben.text.toString().startsWith('# offline'));
  await until(() => ada.people().some((person) => person.user.name === 'ben'), 'ben is seen', 2000);
}));

test('whoever is signed out or refused is told why, and keeps the text', () => openFlow(async (world, open) => {
  world.roles.set('vera', 'viewer');
  const vera = open('vera');
  const ben = open('ben');
  await Promise.all([vera.synced, ben.synced]);
  vera.text.insert(0, 'mine');
  await until(() => vera.status() === 'closed');
  assert.is(vera.closed()?.code, 4403);
  assert.match(vera.closed()?.words ?? '', /Your change was refused\. vera may read/);
  assert.ok(vera.text.toString().startsWith('mine'));
  world.revoke('ben');
  await until(() => ben.status() === 'closed');
  assert.match(ben.closed()?.words ?? '', /You are signed out/);
  ben.reconnect();
  await until(() => ben.status() === 'connected');
  assert.is(ben.closed(), undefined);
}));

test('a presence page shows who is there and what they have selected', async () => {
  const world = openWorld();
  const open = (name: string) => openPresence({ tenant: 'main', page: 'executions/abc', address: 'ws://test/sync/main', socket: world.socketOf(name) });
  const ada = open('ada');
  const ben = open('ben');
  let seen: unknown;
  ada.onPeople((people) => {
    seen = people.find((person) => person.user.name === 'ben')?.state['row'];
  });
  ben.show('row', 'task-1');
  await until(() => seen === 'task-1');
  ben.destroy();
  ada.destroy();
  await world.close();
});

test.run();
