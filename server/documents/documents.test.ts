import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { seededRandom } from '../ambient/index.ts';
import { loadRevision } from '../store/index.ts';
import { awarenessFrame, decodeFrame, differenceFrame, stateVectorFrame, updateFrame } from './sync-frames.ts';
import { openWorld, until, validSource, type Client, type World } from './testing-world.ts';

const address = (id: string) => ({ tenant: 'main', namespace: 'team.a', id });

test('two stock clients type in one flow and both see it', async () => {
  const world = openWorld();
  const { record, revision } = await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  assert.is(revision?.revision, 1);
  assert.is(record.draft, false);
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await until(() => ada.provider.synced && ben.provider.synced, 'both synced');
  assert.is(ada.text.toString(), validSource('a'));
  ada.text.insert(0, '# by ada\n');
  await until(() => ben.text.toString().startsWith('# by ada'));
  ben.text.insert(2, 'not ');
  await until(() => ada.text.toString().startsWith('# not by ada'));
  const draft = await world.documents.draft(address('a'));
  assert.is(draft.source, ada.text.toString());
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.baseLine, hunk.added, hunk.removed]), [['ada', 1, ['# not by ada'], []]]);
  assert.equal(draft.ranges.slice(0, 3).map((range) => [range.author.name, draft.source.slice(range.from, range.to)]), [['ada', '# '], ['ben', 'not '], ['ada', draft.source.slice(6)]]);
  await world.close();
});


const revisionOf = (world: World, id: string, revision: number) => loadRevision(world.front, 'main', 'team.a', id, revision);
const synced = (...clients: readonly Client[]) => until(() => clients.every((client) => client.provider.synced), 'all synced');
const problemOf = async (promise: Promise<unknown>): Promise<ProtocolError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};
/** An update made by a document that has the flow's text, under a client id of one's choice. */
const updateUnder = (clientId: number, state: Uint8Array, edit: (text: Y.Text) => void): Uint8Array => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  doc.clientID = clientId;
  const before = Y.encodeStateVector(doc);
  edit(doc.getText('source'));
  return Y.encodeStateAsUpdate(doc, before);
};

test('DO1 DO2 all converge through random disconnects, and each character has its right author', async () => {
  const first = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${first}`);
  for (let round = 0; round < Number(process.env['ROUNDS'] ?? 3); round += 1) await converge(first + round);
});

async function converge(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const world = openWorld({ seed });
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const names = ['ada', 'ben', 'cleo', 'dora'];
  const clients = names.map((name) => world.client(name, 'a'));
  await synced(...clients);
  let disconnects = 0;
  // Each person types letters of their own, so that the text itself says who wrote what.
  const letters = new Map(names.map((name, index) => [name, String.fromCharCode(0x2460 + index)]));
  for (let round = 0; round < 400; round += 1) {
    const index = Math.floor(random() * clients.length);
    const client = clients[index];
    const name = names[index];
    if (client === undefined || name === undefined) throw new Error('no such client');
    const length = client.text.length;
    if (random() < 0.7) client.text.insert(Math.floor(random() * (length + 1)), (letters.get(name) ?? '').repeat(1 + Math.floor(random() * 4)));
    else if (length > 2) client.text.delete(Math.floor(random() * (length - 2)), 1 + Math.floor(random() * 2));
    if (random() < 0.04) {
      client.cut();
      disconnects += 1;
    }
    if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => clients.every((client) => client.provider.synced && client.text.toString() === clients[0]?.text.toString()), `convergence (seed ${seed})`);
  const draft = await world.documents.draft(address('a'));
  assert.is(draft.source, clients[0]?.text.toString());
  assert.ok(disconnects > 3, 'there were disconnects');
  let checked = 0;
  for (const range of draft.ranges) {
    for (const letter of draft.source.slice(range.from, range.to)) {
      const owner = names.find((name) => letters.get(name) === letter);
      if (owner === undefined) continue;
      assert.is(range.author.name, owner, `seed ${seed}`);
      checked += 1;
    }
  }
  assert.ok(checked > 100, 'letters were checked');
  assert.equal(clients.map((client) => client.closed), [[], [], [], []]);
  assert.is(world.documents.figures().refusedUpdates, 0);
  // The same text and the same authors come back from the disk.
  const { ranges } = draft;
  for (const client of clients) client.destroy();
  await world.restart();
  const again = await world.documents.draft(address('a'));
  assert.is(again.source, draft.source);
  assert.equal(again.ranges, ranges);
  assert.equal(again.hunks.map((hunk) => [hunk.id, hunk.added, hunk.removed]), draft.hunks.map((hunk) => [hunk.id, hunk.added, hunk.removed]));
  await world.close();
}

test('DO3 new characters under the client id of somebody else are refused whole, and nobody else is disturbed', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  ada.text.insert(0, '# ada\n');
  await until(() => ben.text.toString().startsWith('# ada'));
  const state = Y.encodeStateAsUpdate(ada.doc);
  const [serverClient] = [...ada.doc.store.clients.keys()].filter((id) => id !== ada.doc.clientID);
  const wrongs: readonly [string, number | undefined][] = [['an id in use', ada.doc.clientID], ['an id that awareness announced', ben.doc.clientID], ['an id of the server', serverClient]];
  for (const [what, clientId] of wrongs) {
    for (const wrap of [updateFrame, differenceFrame]) {
      const mallory = world.raw('mallory', 'a');
      mallory.send(wrap(updateUnder(clientId ?? 0, state, (text) => text.insert(0, 'forged'))));
      assert.is(mallory.closedWith[0]?.code, 4403, what);
      assert.match(mallory.closedWith[0]?.reason ?? '', /client id of somebody else/);
    }
  }
  // One good part does not carry a forged one in.
  const mallory = world.raw('mallory', 'a');
  const mixed = Y.mergeUpdates([updateUnder(77, state, (text) => text.insert(0, 'mine')), updateUnder(ada.doc.clientID, state, (text) => text.insert(0, 'forged'))]);
  mallory.send(updateFrame(mixed));
  assert.is(mallory.closedWith[0]?.code, 4403);
  ada.text.insert(0, '# still\n');
  await until(() => ben.text.toString().startsWith('# still'));
  assert.not.match(ben.text.toString(), /forged|mine/);
  assert.is(world.refusals.filter((entry) => entry.participant === 'mallory').length, 7);
  assert.equal([...ada.closed, ...ben.closed], []);
  await world.close();
});

test('DO5 a viewer reads, answers the state vector with nothing, and is told why a change is refused', async () => {
  const world = openWorld();
  world.roles.set('vera', 'viewer');
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const vera = world.client('vera', 'a');
  await synced(ada, vera);
  ada.text.insert(0, '#\n');
  await until(() => vera.text.toString().startsWith('#'));
  ada.text.delete(0, 2);
  await until(() => vera.text.toString().startsWith('id'));
  // The whole delete set and known characters again: no write.
  const repeats = world.raw('vera', 'a');
  repeats.send(differenceFrame(Y.encodeStateAsUpdate(vera.doc)));
  assert.equal(repeats.closedWith, []);
  for (const edit of [(text: Y.Text) => text.insert(0, 'x'), (text: Y.Text) => text.delete(0, 1)]) {
    const raw = world.raw('vera', 'a');
    raw.send(updateFrame(updateUnder(5, Y.encodeStateAsUpdate(ada.doc), edit)));
    assert.is(raw.closedWith[0]?.code, 4403);
    assert.match(raw.closedWith[0]?.reason ?? '', /vera may read this flow, not change it/);
  }
  vera.text.insert(0, 'y');
  await until(() => vera.closed.length > 0);
  assert.is(vera.closed[0]?.code, 4403);
  assert.is((await world.documents.draft(address('a'))).source, validSource('a'));
  await world.close();
});

test('DO6 an awareness entry for somebody else is dropped and counted, and its sender stays', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  ada.provider.awareness.setLocalStateField('selection', { anchor: 1, head: 2 });
  ada.provider.awareness.setLocalStateField('user', { name: 'Mallory', role: 'admin' });
  await until(() => ben.provider.awareness.getStates().get(ada.doc.clientID)?.['selection'] !== undefined);
  await until(() => ben.provider.awareness.getStates().get(ada.doc.clientID)?.['user']?.name === 'ada');
  assert.equal(ben.provider.awareness.getStates().get(ada.doc.clientID)?.['user'], { id: 'p-ada', name: 'ada', color: 2, kind: 'person', role: 'editor' });
  const mallory = world.raw('mallory', 'a');
  const before = world.documents.figures().droppedAwareness;
  mallory.send(awarenessFrame([{ clientId: ada.doc.clientID, clock: 99, json: '{"user":{"name":"Ada"}}' }, { clientId: ada.doc.clientID, clock: 99, json: 'null' }, { clientId: 4711, clock: 1, json: '{"server":true,"cursor":1}' }]));
  await until(() => ben.provider.awareness.getStates().has(4711));
  assert.equal(ben.provider.awareness.getStates().get(4711), { cursor: 1, user: { id: 'p-mallory', name: 'mallory', color: 2, kind: 'person', role: 'editor' } });
  assert.is(world.documents.figures().droppedAwareness - before, 2);
  assert.equal(mallory.closedWith, []);
  assert.is(ben.provider.awareness.getStates().get(ada.doc.clientID)?.['user']?.name, 'ada');
  // Too large, too many ids, no object: dropped, the sender stays.
  mallory.send(awarenessFrame([{ clientId: 4711, clock: 2, json: JSON.stringify({ big: 'x'.repeat(5000) }) }]));
  for (let id = 5000; id < 5020; id += 1) mallory.send(awarenessFrame([{ clientId: id, clock: 1, json: '{}' }]));
  mallory.send(awarenessFrame([{ clientId: 4711, clock: 3, json: '"text"' }]));
  await until(() => ben.provider.awareness.getStates().has(5006));
  assert.is([...ben.provider.awareness.getStates().keys()].filter((id) => id >= 5000 && id < 5020).length, 7);
  assert.equal(mallory.closedWith, []);
  await world.close();
});

test('a short reconnect hides nobody, and whoever stays away is removed with the same clock', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  await until(() => ben.provider.awareness.getStates().has(ada.doc.clientID));
  const removed: number[] = [];
  ben.provider.awareness.on('update', (event: { readonly removed: readonly number[] }) => removed.push(...event.removed));
  ada.cut();
  await synced(ada);
  assert.equal(removed, []);
  assert.is(world.documents.present().find((room) => room.room === 'main/flow/team.a/a')?.participants.length, 2);
  ada.provider.shouldConnect = false;
  ada.cut();
  await until(() => removed.includes(ada.doc.clientID), 'the removal after 4 s', 10_000);
  await world.close();
});

test('DO4 old deletions of a reconnecting client belong to whoever deleted first', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a', 'one two three'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  const at = ada.text.toString().indexOf('two ');
  ada.text.delete(at, 4);
  await until(() => !ben.text.toString().includes('two'));
  // Ben's whole state, delete set included, comes from Ben's connection now.
  ben.cut();
  await synced(ben);
  world.raw('ben', 'a').send(differenceFrame(Y.encodeStateAsUpdate(ben.doc)));
  const draft = await world.documents.draft(address('a'));
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [['ada', ['    message: one two three'], ['    message: one three']]]);
  await world.close();
});

test('DO10 hunks have one author and one place each; what is left out stays in the draft of the same authors', async () => {
  const world = openWorld();
  const source = `${validSource('a')}  - id: two\n    type: io.kestra.plugin.core.log.Log\n    message: second\n`;
  await world.documents.create(world.caller('ada'), source, { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  const cleo = world.client('cleo', 'a');
  await synced(ada, ben, cleo);
  const same = () => until(() => ada.text.toString() === ben.text.toString() && ben.text.toString() === cleo.text.toString());
  const replace = (client: Client, old: string, text: string): void => {
    const at = client.text.toString().indexOf(old);
    client.text.delete(at, old.length);
    client.text.insert(at, text);
  };
  replace(ada, 'hello', 'hello world');
  await same();
  replace(ben, 'second', 'zweite');
  await same();
  // Beside Ben's line, without a line between: two hunks all the same.
  cleo.text.insert(cleo.text.length, '    level: WARN\n');
  await same();
  const draft = await world.documents.draft(address('a'));
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [
    ['ada', ['    message: hello'], ['    message: hello world']],
    ['ben', ['    message: second'], ['    message: zweite']],
    ['cleo', [], ['    level: WARN']],
  ]);
  const bens = draft.hunks[1]?.id ?? '';
  const { revision } = await world.documents.publish(world.caller('ada'), { ...address('a'), without: [bens], expectedRevision: 1, message: 'without Ben' });
  assert.is(revision.source, `${source.replace('hello', 'hello world')}    level: WARN\n`);
  assert.equal(revision.authors.map((author) => author.name), ['ada', 'cleo']);
  assert.is(revision.message, 'without Ben');
  assert.equal(revision.ranges.map((range) => [range.author.name, revision.source.slice(range.from, range.to)]).filter(([name]) => name !== 'ada'), [['cleo', '    level: WARN\n']]);
  const rest = await world.documents.draft(address('a'));
  assert.is(rest.source, ada.text.toString());
  assert.equal(rest.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [['ben', ['    message: second'], ['    message: zweite']]]);
  // The same bytes make no new revision.
  const again = await world.documents.publish(world.caller('ada'), { ...address('a'), without: [rest.hunks[0]?.id ?? ''] });
  assert.is(again.unchanged, true);
  assert.is(again.revision.revision, 2);
  // And after a restart it is still so.
  for (const client of [ada, ben, cleo]) client.destroy();
  await world.restart();
  assert.equal((await world.documents.draft(address('a'))).hunks.map((hunk) => [hunk.author.name, hunk.added]), [['ben', ['    message: zweite']]]);
  const all = await world.documents.publish(world.caller('ada'), { ...address('a'), without: [] });
  assert.is(all.revision.revision, 3);
  assert.equal(all.revision.authors.map((author) => author.name), ['ben']);
  assert.is((await world.documents.draft(address('a'))).differs, false);
  await world.close();
});

test('a deleted line belongs to whoever deleted it', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), `${validSource('a')}# one\n# two\n# three\n`, { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  ben.text.delete(ben.text.toString().indexOf('# one\n'), 6);
  await until(() => !ada.text.toString().includes('# one'));
  ada.text.delete(ada.text.toString().indexOf('# two\n'), 6);
  await until(() => !ben.text.toString().includes('# two'));
  const draft = await world.documents.draft(address('a'));
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [['ben', ['# one'], []], ['ada', ['# two'], []]]);
  const { revision } = await world.documents.publish(world.caller('ada'), { ...address('a'), without: [draft.hunks[0]?.id ?? ''] });
  assert.is(revision.source, `${validSource('a')}# one\n# three\n`);
  await world.close();
});

test('an undone deletion gives the text back to its author', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  ben.text.insert(0, '# a sentence by ben\n');
  await until(() => ada.text.toString().startsWith('# a sentence'));
  const undo = new Y.UndoManager(ada.text, { trackedOrigins: new Set([null]) });
  ada.text.delete(2, 10);
  await until(() => ben.text.toString().startsWith('#  by ben'));
  undo.undo();
  await until(() => ben.text.toString().startsWith('# a sentence by ben'));
  const draft = await world.documents.draft(address('a'));
  assert.equal(draft.ranges.slice(0, 2).map((range) => [range.author.name, draft.source.slice(range.from, range.to)])[0], ['ben', '# a sentence by ben\n']);
  assert.equal(draft.hunks.map((hunk) => hunk.author.name), ['ben']);
  // What Ada types herself is hers.
  ada.text.insert(2, 'yes ');
  await until(() => ben.text.toString().startsWith('# yes a'));
  assert.equal((await world.documents.draft(address('a'))).ranges.slice(0, 3).map((range) => range.author.name), ['ben', 'ada', 'ben']);
  for (const client of [ada, ben]) client.destroy();
  await world.restart();
  assert.equal((await world.documents.draft(address('a'))).ranges.slice(0, 3).map((range) => range.author.name), ['ben', 'ada', 'ben']);
  await world.close();
});

test('DO8 PUT while a person types: the revision is byte for byte what was sent, and the typing is in the draft', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const world = openWorld({ seed });
  await world.documents.create(world.caller('ada'), `${validSource('a')}# notes\n`, { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  const typed = 'the quick brown fox types on and on';
  ada.text.insert(ada.text.toString().indexOf('# notes') + 7, ' ');
  let sent = '';
  for (const [index, letter] of [...typed].entries()) {
    ada.text.insert(ada.text.toString().indexOf('# notes') + 8 + index, letter);
    if (index % 7 === 3) {
      sent = `${validSource('a', `version ${index}`)}# notes\n# written by CI ${index}\r\n`;
      const { revision } = await world.documents.replace(world.caller('botci'), address('a'), sent, {});
      assert.is(revision.source, sent);
      assert.is(revisionOf(world, 'a', revision.revision)?.source, sent);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => ben.text.toString() === ada.text.toString() && ada.text.toString().includes('written by CI 31'));
  assert.ok(ada.text.toString().includes(`# notes ${typed}\n`), ada.text.toString());
  assert.is(ada.text.toString(), sent.replace('# notes', `# notes ${typed}`).replaceAll('\r', ''));
  const draft = await world.documents.draft(address('a'));
  assert.is(draft.base, 6);
  assert.is(draft.differs, true);
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [['ada', ['# notes'], [`# notes ${typed}`]]]);
  const revision = revisionOf(world, 'a', 6);
  assert.equal(revision?.ranges.filter((range) => revision.source.slice(range.from, range.to).includes('written by CI')).map((range) => range.author.kind), ['bot']);
  assert.is(revision?.ranges.at(-1)?.to, sent.length);
  await world.close();
});

test('DO9 DO11 the same bytes make no new revision, and a wrong precondition is refused with what differs', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  assert.is((await world.documents.replace(world.caller('ada'), address('a'), validSource('a'), {})).unchanged, true);
  assert.is((await world.documents.replace(world.caller('ada'), address('a'), validSource('a', 'two'), { expectedRevision: 1 })).revision.revision, 2);
  const { problem } = await problemOf(world.documents.replace(world.caller('ada'), address('a'), validSource('a', 'three'), { expectedRevision: 1 }));
  assert.is(problem.status, 409);
  assert.match(problem.errors?.[0]?.message ?? '', /- {4}message: two\n\+ {4}message: three/);
  const publish = await problemOf(world.documents.publish(world.caller('ada'), { ...address('a'), without: [], expectedRevision: 1 }));
  assert.is(publish.problem.status, 409);
  assert.is((await problemOf(world.documents.publish(world.caller('ada'), { ...address('a'), without: ['nobody@1'] }))).problem.status, 409);
  await world.close();
});

test('DO12 an invalid flow, another id, an existing flow, a viewer: refused, and nothing is written', async () => {
  const world = openWorld();
  world.roles.set('vera', 'viewer');
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const refusals: readonly [number, Promise<unknown>][] = [
    [422, world.documents.replace(world.caller('ada'), address('a'), 'id: a\nnamespace: team.a\n', {})],
    [422, world.documents.replace(world.caller('ada'), address('a'), 'id: [', {})],
    [422, world.documents.replace(world.caller('ada'), address('a'), validSource('b'), {})],
    [422, world.documents.create(world.caller('ada'), validSource('a'), { draft: false })],
    [422, world.documents.create(world.caller('ada'), validSource('a'), { draft: true })],
    [422, world.documents.create(world.caller('ada'), 'id: "a/b"\nnamespace: team.a\n', { draft: true })],
    [404, world.documents.replace(world.caller('ada'), address('none'), validSource('none'), {})],
    [404, world.documents.restore(world.caller('ada'), address('a'), 7)],
    [413, Promise.resolve().then(() => world.documents.replace(world.caller('ada'), address('a'), 'x'.repeat(5_000_000), {}))],
    [403, Promise.resolve().then(() => world.documents.replace(world.caller('vera'), address('a'), validSource('a', 'x'), {}))],
    [403, world.documents.create(world.caller('vera'), validSource('v'), { draft: false })],
  ];
  for (const [status, refusal] of refusals) assert.is((await problemOf(refusal)).problem.status, status);
  assert.is((await world.documents.draft(address('a'))).base, 1);
  assert.is(revisionOf(world, 'a', 2), undefined);
  await world.close();
});

test('DO13 a draft exists before its revision 1; a deleted flow that is created anew goes on counting and is another document', async () => {
  const world = openWorld();
  const draft = await world.documents.create(world.caller('ada'), 'id: a\nnamespace: team.a\n', { draft: true });
  assert.is(draft.revision, undefined);
  assert.is(draft.record.revision, 0);
  assert.is(draft.record.draft, true);
  const ada = world.client('ada', 'a', { birth: draft.record.birth });
  await synced(ada);
  ada.text.insert(ada.text.length, 'tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n');
  await until(() => world.documents.figures().updates >= 2);
  assert.is((await world.documents.publish(world.caller('ada'), { ...address('a'), without: [] })).revision.revision, 1);
  const old = ada.doc;
  await world.documents.remove(world.caller('ben'), address('a'));
  await until(() => ada.closed.length > 0);
  assert.equal(ada.closed, [{ code: 4404, reason: 'ben deleted this flow' }]);
  assert.is(revisionOf(world, 'a', 2)?.deletion, true);
  assert.is((await problemOf(world.documents.draft(address('a')))).problem.status, 404);
  const anew = await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  assert.is(anew.revision?.revision, 3);
  assert.is.not(anew.record.birth, draft.record.birth);
  const stale = world.client('ada', 'a', { birth: draft.record.birth, doc: old });
  await until(() => stale.closed.length > 0);
  assert.is(stale.closed[0]?.code, 4404);
  assert.is((await world.documents.draft(address('a'))).source, validSource('a'));
  await world.close();
});

test('restore is a forward edit: typing stays, and the text has its first authors again', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), `${validSource('a')}# by ada\n# end\n`, { draft: false });
  await world.documents.replace(world.caller('ben'), address('a'), `${validSource('a', 'ben')}# end\n`, {});
  const cleo = world.client('cleo', 'a');
  await synced(cleo);
  cleo.text.insert(cleo.text.length, '# cleo types\n');
  await until(() => world.documents.figures().updates >= 3);
  const { revision } = await world.documents.restore(world.caller('ben'), address('a'), 1);
  assert.is(revision.revision, 3);
  assert.is(revision.restoredFrom, 1);
  assert.is(revision.source, `${validSource('a')}# by ada\n# end\n`);
  assert.equal(revision.ranges.map((range) => range.author.name), ['ada']);
  await until(() => cleo.text.toString() === `${validSource('a')}# by ada\n# end\n# cleo types\n`);
  assert.equal((await world.documents.draft(address('a'))).hunks.map((hunk) => hunk.author.name), ['cleo']);
  await world.close();
});

test('what somebody wrote as the restored revision has it is by the authors of that revision', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ben = world.client('ben', 'a');
  await synced(ben);
  const other = world.client('cleo', 'a');
  await synced(other);
  retype(ben, '    message: hello\n', '    message: help\n');
  await until(() => other.text.toString() === ben.text.toString());
  await world.documents.publish(world.caller('ben'), { ...address('a'), without: [] });
  const { revision } = await world.documents.restore(world.caller('cleo'), address('a'), 1);
  assert.equal(revision.ranges.map((range) => range.author.name), ['ada']);
  assert.equal((await world.documents.draft(address('a'))).ranges.map((range) => range.author.name), ['ada']);
  await world.close();
});

/** As a person does who selects a line and types it again. */
const retype = (client: Client, old: string, text: string): void => {
  const at = client.text.toString().indexOf(old);
  client.text.delete(at, old.length);
  client.text.insert(at, text);
};

test('DO15 a discard takes the draft back to the revision for everybody, and each character has its author of the revision again', async () => {
  const world = openWorld();
  const source = `${validSource('a')}# by ada\n# end\n`;
  await world.documents.create(world.caller('ada'), source, { draft: false });
  const ben = world.client('ben', 'a');
  const cleo = world.client('cleo', 'a');
  await synced(ben, cleo);
  const { ranges } = await world.documents.draft(address('a'));
  const end = Y.createRelativePositionFromTypeIndex(cleo.text, source.indexOf('# end'));
  // Some of what Ben writes again is what the revision has: it is his in the draft, and Ada's in the revision.
  retype(ben, '    message: hello\n', '    message: help\n');
  retype(ben, '# by ada\n', '');
  ben.text.insert(0, '# top\n');
  await until(() => cleo.text.toString() === ben.text.toString());
  cleo.text.insert(cleo.text.length, '# cleo\n');
  await until(() => cleo.text.toString() === ben.text.toString());
  await until(() => world.commits.some((change) => change.record.draft), 'the flow says that its draft differs');
  assert.equal((await world.documents.draft(address('a'))).hunks.map((hunk) => hunk.author.name), ['ben', 'ben', 'cleo']);

  await world.documents.discardDraft(world.caller('dora'), address('a'));
  const draft = await world.documents.draft(address('a'));
  assert.is(draft.source, source);
  assert.equal([draft.differs, draft.base, draft.hunks], [false, 1, []]);
  assert.equal(draft.ranges, ranges);
  assert.is(world.commits.at(-1)?.record.draft, false);
  await until(() => ben.text.toString() === source && cleo.text.toString() === source, 'both see it');
  assert.is(Y.createAbsolutePositionFromRelativePosition(end, cleo.doc)?.index, source.indexOf('# end'), 'a cursor stays where it was');

  // What is changed next is by whoever changes it, also in a line that came back.
  cleo.text.insert(cleo.text.toString().indexOf('hello') + 5, '!');
  await until(() => ben.text.toString().includes('hello!'));
  const whose = async () => (await world.documents.draft(address('a'))).hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]);
  assert.equal(await whose(), [['cleo', ['    message: hello'], ['    message: hello!']]]);
  for (const client of [ben, cleo]) client.destroy();
  await world.restart();
  assert.equal(await whose(), [['cleo', ['    message: hello'], ['    message: hello!']]]);
  assert.equal((await world.documents.draft(address('a'))).ranges.map((range) => range.author.name), ['ada', 'cleo', 'ada']);
  await world.close();
});

test('DO15 some changes are discarded and the others stay, by the same authors', async () => {
  const world = openWorld();
  const source = `${validSource('a')}# one\n# two\n`;
  await world.documents.create(world.caller('ada'), source, { draft: false });
  const ben = world.client('ben', 'a');
  const cleo = world.client('cleo', 'a');
  await synced(ben, cleo);
  retype(ben, 'hello', 'ben');
  await until(() => cleo.text.toString() === ben.text.toString());
  retype(cleo, '# one\n', '# uno\n');
  await until(() => cleo.text.toString() === ben.text.toString());
  const { hunks } = await world.documents.draft(address('a'));
  assert.equal(hunks.map((hunk) => hunk.author.name), ['ben', 'cleo']);
  await world.documents.discardDraft(world.caller('ada'), { ...address('a'), hunks: hunks.slice(0, 1).map((hunk) => hunk.id) });
  const draft = await world.documents.draft(address('a'));
  assert.is(draft.source, source.replace('# one', '# uno'));
  assert.equal(draft.hunks.map((hunk) => [hunk.author.name, hunk.removed, hunk.added]), [['cleo', ['# one'], ['# uno']]]);
  assert.is(world.commits.at(-1)?.record.draft, true);
  const gone = await problemOf(world.documents.discardDraft(world.caller('ada'), { ...address('a'), hunks: [hunks[0]?.id ?? ''] }));
  assert.is(gone.problem.status, 409);
  assert.match(gone.message, /not there any more/);
  await world.close();
});

test('DO15 a draft without a revision has nothing to go back to, and a viewer may not', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: true });
  const never = await problemOf(world.documents.discardDraft(world.caller('ada'), address('a')));
  assert.is(never.problem.status, 409);
  assert.match(never.message, /never published/);
  await world.documents.publish(world.caller('ada'), { ...address('a'), without: [] });
  world.roles.set('vera', 'viewer');
  const ben = world.client('ben', 'a');
  await synced(ben);
  ben.text.insert(0, '# ben\n');
  await until(() => world.documents.figures().updates >= 2);
  assert.throws(() => world.documents.discardDraft(world.caller('vera'), address('a')), (error: unknown) => error instanceof ProtocolError && error.problem.status === 403);
  assert.is((await world.documents.draft(address('a'))).hunks.length, 1);
  await world.close();
});

test('DO16 what was typed after somebody looked is neither published nor discarded by what they decided', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), `${validSource('a')}# one\n# two\n`, { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  retype(ada, '# one', '# ada');
  ben.text.insert(0, '# b\n');
  const drafted = async (text: string) => {
    await until(() => ada.text.toString().includes(text) && ada.text.toString() === ben.text.toString());
    return world.documents.draft(address('a'));
  };
  const first = await drafted('# b\n');
  const seenIn = (draft: typeof first) => draft.hunks.map((hunk) => hunk.version);
  assert.is(first.hunks.length, 2);

  // Ben goes on in the same place: his hunk keeps its id, and is another one.
  ben.text.insert(3, 'en');
  const second = await drafted('# ben\n');
  assert.equal(second.hunks.map((hunk) => hunk.id), first.hunks.map((hunk) => hunk.id));
  for (const refused of [world.documents.publish(world.caller('ada'), { ...address('a'), without: [], seen: seenIn(first) }), world.documents.discardDraft(world.caller('ada'), { ...address('a'), seen: seenIn(first) })]) {
    const { problem } = await problemOf(refused);
    assert.is(problem.status, 409);
    assert.match(problem.message, /has changed while you looked: there is something new by ben; look at the draft again/);
  }
  assert.is(revisionOf(world, 'a', 2), undefined);
  assert.is((await world.documents.draft(address('a'))).source, second.source);

  // What is left out may change: it is not what was decided on.
  const [bens, adas] = second.hunks;
  if (bens === undefined || adas === undefined) throw new Error('two hunks');
  ben.text.insert(5, '!');
  await drafted('# ben!\n');
  const mine = await world.documents.publish(world.caller('ada'), { ...address('a'), without: [bens.id], seen: [adas.version] });
  assert.is(mine.revision.source, `${validSource('a')}# ada\n# two\n`);

  // A change that somebody took back is not published in spite of it either.
  const third = await world.documents.draft(address('a'));
  ben.text.delete(0, '# ben!\n'.length);
  await until(() => ada.text.toString().startsWith('id:'));
  assert.match((await problemOf(world.documents.publish(world.caller('ada'), { ...address('a'), without: [], seen: seenIn(third) }))).message, /a change that you saw is not there any more/);

  // Whoever does not say what they saw publishes what there is, as bots do; what was seen is published when it is still so.
  ben.text.insert(0, '# last\n');
  const last = await drafted('# last\n');
  assert.is((await world.documents.publish(world.caller('ben'), { ...address('a'), without: [], seen: seenIn(last) })).revision.revision, 3);
  ada.text.insert(0, '# more\n');
  await drafted('# more\n');
  assert.is((await world.documents.publish(world.caller('ben'), { ...address('a'), without: [] })).revision.revision, 4);
  await world.close();
});

test('disabling writes one line into the source as a new revision', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  assert.is((await world.documents.setDisabled(world.caller('ada'), address('a'), true)).revision, 2);
  assert.is(revisionOf(world, 'a', 2)?.source, validSource('a').replace('team.a\n', 'team.a\ndisabled: true\n'));
  assert.is((await world.documents.setDisabled(world.caller('ada'), address('a'), true)).revision, 2);
  assert.is((await world.documents.setDisabled(world.caller('ada'), address('a'), false)).disabled, false);
  assert.is(revisionOf(world, 'a', 3)?.source, validSource('a').replace('team.a\n', 'team.a\ndisabled: false\n'));
  await world.close();
});

test('carriage returns that a bot inserts are taken out for everybody', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const bot = world.client('botty', 'a');
  await synced(ada, bot);
  bot.text.insert(0, '# one\r\n# two\r\n');
  await until(() => [ada, bot].every((client) => client.text.toString().startsWith('# one\n# two\n')));
  assert.is(ada.text.toString(), bot.text.toString());
  await world.close();
});

test('anything but text under "source" is refused: other types, embeds, gaps, broken frames, huge texts', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const state = Y.encodeStateAsUpdate((() => {
    const doc = new Y.Doc();
    const raw = world.raw('ada', 'a');
    raw.send(stateVectorFrame(Uint8Array.of(0)));
    for (const frame of raw.received.map((bytes) => decodeFrame(bytes))) if (frame.type === 'difference') Y.applyUpdate(doc, frame.update);
    return doc;
  })());
  const updateOf = (edit: (doc: Y.Doc) => void): Uint8Array => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, state);
    const before = Y.encodeStateVector(doc);
    edit(doc);
    return Y.encodeStateAsUpdate(doc, before);
  };
  const gap = ((): Uint8Array => {
    const doc = new Y.Doc();
    doc.getText('source').insert(0, 'a');
    const before = Y.encodeStateVector(doc);
    doc.getText('source').insert(1, 'b');
    return Y.encodeStateAsUpdate(doc, before);
  })();
  const cases: readonly [string, number, Uint8Array][] = [
    ['another root type', 4400, updateFrame(updateOf((doc) => doc.getMap('other').set('a', 1)))],
    ['another text', 4400, updateFrame(updateOf((doc) => doc.getText('other').insert(0, 'a')))],
    ['an embed', 4400, updateFrame(updateOf((doc) => doc.getText('source').insertEmbed(0, { image: 'x' })))],
    ['a format', 4400, updateFrame(updateOf((doc) => doc.getText('source').insert(0, 'x', { bold: true })))],
    ['an attribute', 4400, updateFrame(updateOf((doc) => doc.getText('source').setAttribute('a', 'b')))],
    ['a gap in a difference', 4400, differenceFrame(gap)],
    ['a text that is too long', 4413, updateFrame(updateOf((doc) => doc.getText('source').insert(0, 'x'.repeat(4_200_000))))],
    ['a frame that is too large', 4413, new Uint8Array(9_000_000)],
    ['nothing', 4400, new Uint8Array(0)],
    ['half a frame', 4400, Uint8Array.of(0, 2, 200, 1)],
    ['an unknown type', 4400, Uint8Array.of(9)],
    ['an unknown step', 4400, Uint8Array.of(0, 7, 0)],
    ['bytes after the end', 4400, Uint8Array.of(0, 2, 2, 0, 0, 1)],
    ['a broken update', 4400, updateFrame(Uint8Array.of(1, 1, 1, 1, 255, 255))],
    ['a broken state vector', 4400, stateVectorFrame(Uint8Array.of(5, 1))],
    ['a huge awareness count', 4400, Uint8Array.of(1, 5, 255, 255, 255, 255, 15)],
    ['endless numbers', 4400, new Uint8Array(100).fill(255)],
  ];
  for (const [what, code, frame] of cases) {
    const raw = world.raw('mallory', 'a');
    raw.send(frame);
    await until(() => raw.closedWith.length > 0, what);
    assert.is(raw.closedWith[0]?.code, code, `${what}: ${raw.closedWith[0]?.reason}`);
  }
  // A gap before the first difference is a client that came back and types: it is heard with the difference.
  const early = world.raw('mallory', 'a');
  early.send(updateFrame(gap));
  assert.equal(early.closedWith, []);
  assert.is((await world.documents.draft(address('a'))).source, validSource('a'));
  assert.is(world.fatal.length, 0);
  await world.close();
});

test('nobody is answered from a document that is ahead of the disk', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.raw('ada', 'a');
  const ben = world.raw('ben', 'a');
  ben.send(stateVectorFrame(Uint8Array.of(0)));
  const [answer] = ben.received.map((frame) => decodeFrame(frame)).filter((frame) => frame.type === 'difference');
  assert.ok(answer !== undefined && answer.type === 'difference');
  const before = world.appended;
  ada.send(updateFrame(updateUnder(9, answer.update, (text) => text.insert(0, 'x'))));
  const seen = () => ben.received.filter((frame) => decodeFrame(frame).type === 'update').length;
  // Same turn: the document has it, the disk has not.
  const late = world.raw('cleo', 'a');
  late.send(stateVectorFrame(Uint8Array.of(0)));
  const draft = world.documents.draft(address('a'));
  assert.is(late.received.filter((frame) => decodeFrame(frame).type === 'difference').length, 0);
  assert.is(seen(), 0);
  assert.is(world.appended, before);
  await until(() => seen() > 0);
  assert.is(world.appended, before + 1);
  assert.is(late.received.filter((frame) => decodeFrame(frame).type === 'difference').length, 1);
  assert.match((await draft).source, /^xid/);
  await world.close();
});

test('diagnostics come through the server\'s own awareness entry within 300 ms, with the author of the place', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  const told = (client: Client) => [...client.provider.awareness.getStates().values()].find((state) => state['server'] === true);
  await until(() => told(ada)?.['revision'] === 1 && told(ada)?.['differs'] === false);
  const at = performance.now();
  ben.text.insert(0, '[');
  await until(() => (told(ada)?.['diagnostics'] ?? []).length > 0);
  const ms = performance.now() - at;
  assert.ok(ms < 300, `${ms} ms`);
  assert.is(told(ada)?.['diagnostics'][0].author.name, 'ben');
  assert.is(told(ada)?.['hunkCount'], 1);
  const { problem } = await problemOf(world.documents.publish(world.caller('ada'), { ...address('a'), without: [] }));
  assert.is(problem.status, 422);
  assert.match(problem.errors?.[0]?.message ?? '', /written by ben/);
  ben.text.delete(0, 1);
  await until(() => told(ada)?.['diagnostics'].length === 0 && told(ada)?.['differs'] === false);
  await until(() => world.commits.at(-1)?.record.draft === false);
  await world.close();
});

test('DO14 the end of a session closes its sockets with 4401', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  world.revoke('ben');
  await until(() => ben.closed.length > 0);
  assert.is(ben.closed[0]?.code, 4401);
  assert.is(ada.provider.wsconnected, true);
  await world.close();
});

test('DO14 whoever gets another role opens anew, and is seen with it', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  const roleSeen = () => ada.provider.awareness.getStates().get(ben.doc.clientID)?.['user']?.role;
  await until(() => roleSeen() === 'editor');
  world.changeRole('ben', 'viewer');
  await until(() => roleSeen() === 'viewer', 'the new role', 3000);
  await synced(ben);
  ben.text.insert(0, 'x');
  await until(() => ben.closed.length > 0);
  assert.is(ben.closed[0]?.code, 4403);
  assert.is((await world.documents.draft(address('a'))).source, validSource('a'));
  await world.close();
});

test('when the disk fails nobody is shown what is not on it, whoever waits is told, and the process is asked to end', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  const ben = world.client('ben', 'a');
  await synced(ada, ben);
  world.breakDisk();
  const publish = world.documents.replace(world.caller('ada'), address('a'), validSource('a', 'lost'), {}).then(() => 'done', (error: unknown) => String(error));
  ada.text.insert(0, '# lost\n');
  assert.match(await publish, /the disk is full/);
  await until(() => !ben.provider.wsconnected && world.fatal.length > 0);
  assert.is(world.fatal.length, 1);
  assert.is(ben.text.toString(), validSource('a'));
  assert.match(await world.documents.draft(address('a')).then(() => 'done', (error: unknown) => String(error)), /the disk is full/);
  assert.is(world.raw('cleo', 'a').closedWith[0]?.code, 4503);
  await world.close();
});

test('a presence room relays who looks at a page and holds no document', async () => {
  const world = openWorld();
  const rooms: string[] = [];
  world.documents.onPresence((room) => rooms.push(room));
  const ada = world.client('ada', '', { room: 'presence/executions/abc' });
  const ben = world.client('ben', '', { room: 'presence/executions/abc' });
  await synced(ada, ben);
  ada.provider.awareness.setLocalStateField('row', 'task-1');
  await until(() => ben.provider.awareness.getStates().get(ada.doc.clientID)?.['row'] === 'task-1');
  assert.equal(world.documents.present().map((entry) => [entry.room, entry.participants.map((who) => who.name)]), [['main/presence/executions/abc', ['ada', 'ben']]]);
  assert.ok(rooms.includes('main/presence/executions/abc'));
  const cameMs = Date.now();
  await until(() => Date.now() > cameMs, 'a millisecond later');
  const elsewhere = world.client('ada', '', { room: 'presence/executions/def' });
  await synced(elsewhere);
  const enteredAtMs = (room: string): number => world.documents.present().find((entry) => entry.room === room)?.participants.find((who) => who.name === 'ada')?.enteredAtMs ?? 0;
  ada.destroy();
  assert.ok(enteredAtMs('main/presence/executions/abc') > 0 && enteredAtMs('main/presence/executions/abc') < enteredAtMs('main/presence/executions/def'), 'who moves on is where they came last, while the room that they left still counts them');
  ben.text.insert(0, 'x');
  await until(() => ben.closed.length > 0);
  assert.is(ben.closed[0]?.code, 4403);
  await world.close();
});

test('an unknown flow, a wrong room and a foreign tenant are refused for good', async () => {
  const world = openWorld();
  for (const [room, code] of [['flow/team.a/none', 4404], ['file/x', 4404], ['flow/team.a', 4404], ['presence/', 4404], ['flow/team.a/%E0%A4%A', 4404]] as const) {
    const client = world.client('ada', '', { room });
    await until(() => client.closed.length > 0, room);
    assert.is(client.closed[0]?.code, code, room);
  }
  await world.close();
});

test('a long journal is compacted, and text, authors and hunks stay', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  await synced(ada);
  const rows = () => [...world.front.range<{ readonly update?: Uint8Array }>({ prefix: ['main', 'doc'] })].filter((entry) => entry.key[3] === 'u').length;
  for (let index = 0; index < 100; index += 1) {
    const before = world.documents.figures().updates;
    ada.text.insert(0, '#');
    await until(() => world.documents.figures().updates > before);
    await world.documents.draft(address('a'));
  }
  // What was typed last is in LMDB a moment later.
  await until(() => rows() > 64, 'more rows than are worth keeping');
  const before = await world.documents.draft(address('a'));
  ada.destroy();
  const deadline = Date.now() + 20_000;
  while (rows() > 1 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(rows(), 0);
  await world.restart();
  const after = await world.documents.draft(address('a'));
  assert.is(after.source, before.source);
  assert.equal(after.ranges, before.ranges);
  assert.equal(after.hunks.map((hunk) => hunk.id), before.hunks.map((hunk) => hunk.id));
  await world.close();
});

test('the frames of y-websocket are what this file says, byte for byte', () => {
  assert.equal([...stateVectorFrame(Uint8Array.of(0))], [0, 0, 1, 0]);
  assert.equal([...differenceFrame(Uint8Array.of(0, 0))], [0, 1, 2, 0, 0]);
  assert.equal([...updateFrame(Uint8Array.of(0, 0))], [0, 2, 2, 0, 0]);
  assert.equal([...awarenessFrame([])], [1, 1, 0]);
  assert.equal(decodeFrame(awarenessFrame([{ clientId: 300, clock: 2, json: 'null' }])), { type: 'awareness', entries: [{ clientId: 300, clock: 2, json: 'null' }] });
  assert.is(decoding.readVarUint(decoding.createDecoder(Uint8Array.of(3))), 3);
  assert.equal(decodeFrame(Uint8Array.of(3)), { type: 'queryAwareness' });
});

test.run();
