import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { topicOf, type PresenceTopicState } from '../../../core/protocol/topics.ts';
import { caller, changeWrites, createWorld, deletionWrites, execution, present, type Client, type World } from '../test-world.ts';

const topic = topicOf.presence();
const test = suite<{ world: World }>('presence');
test.before.each(async (context) => {
  context.world = await createWorld();
});
test.after.each(async (context) => {
  await context.world.close();
});

/** Who is in a room from now on; nobody leaves it. */
function enter(world: World, room: string, ...participants: readonly ReturnType<typeof present>[]): void {
  const index = world.rooms.findIndex((other) => other.room === room);
  if (index !== -1) world.rooms.splice(index, 1);
  if (participants.length > 0) world.rooms.push({ room, participants });
  world.presenceChanged(room);
}
const where = (client: Client): Readonly<Record<string, string>> => Object.fromEntries(Object.values(client.state<PresenceTopicState>(topic).byId).map((who) => [who.name, who.page]));

test('WA1 who opens a page or a flow is there, who leaves is gone, and each patched state equals a fresh read', async ({ world }) => {
  await world.commit('engine', changeWrites(world, undefined, execution(1)));
  const client = world.client();
  client.watch(topic);
  assert.equal(where(client), {});
  for (const [room, page] of [['main/flow/company/hello', 'flow/company/hello'], ['main/presence/flows/company/hello', 'flow/company/hello'], ['main/presence/executions/exec1', 'execution/exec1'], ['main/presence/flows', 'flows']] as const) {
    enter(world, room, present('Tom', { kind: 'bot' }));
    world.ambient.advance(300);
    assert.equal(client.state<PresenceTopicState>(topic).byId, { tom: { id: 'tom', name: 'Tom', kind: 'bot', color: 3, page } }, room);
    assert.equal(client.state(topic), world.fresh(topic));
    enter(world, room);
    world.ambient.advance(300);
    assert.equal(where(client), {}, room);
  }
});

test('of several rooms the one that was entered last is where somebody is, so that a move shows at once', ({ world }) => {
  const client = world.client();
  client.watch(topic);
  enter(world, 'main/flow/company/b', present('Tom', { enteredAtMs: 10 }));
  enter(world, 'main/flow/company/a', present('Tom', { enteredAtMs: 20 }));
  enter(world, 'main/flow/company/c', present('Tom', { enteredAtMs: 15 }));
  world.ambient.advance(300);
  assert.equal(where(client), { Tom: 'flow/company/a' });
  enter(world, 'main/flow/company/a');
  world.ambient.advance(300);
  assert.equal(where(client), { Tom: 'flow/company/c' });
});

test('WA8 only places in a namespace that the watcher may read are told, live and for the first sight of a page', async ({ world }) => {
  const row = execution(1, { namespace: 'secret' });
  await world.commit('engine', [...changeWrites(world, undefined, row), ...changeWrites(world, undefined, execution(2))]);
  world.refusals.set('ben flow secret', 'not your namespace');
  const [ana, ben] = [world.client(caller('ana')), world.client(caller('ben'))];
  for (const client of [ana, ben]) client.watch(topic);
  enter(world, 'main/flow/secret/plan', present('Tom'));
  enter(world, 'main/presence/flows/secret/plan', present('Iris'));
  enter(world, 'main/presence/executions/exec1', present('Jo'));
  enter(world, 'main/presence/executions/exec2', present('Kim'));
  enter(world, 'main/presence/executions/nothing', present('Nil'));
  enter(world, 'main/presence/namespaces/secret', present('Lea'));
  enter(world, 'main/flow/company/hello', present('Max'), present('Tom', { enteredAtMs: 0 }));
  enter(world, 'other/flow/company/hello', present('Zoe'));
  world.ambient.advance(300);
  const open = { Kim: 'execution/exec2', Lea: 'namespaces', Max: 'flow/company/hello' };
  assert.equal(where(ana), { ...open, Tom: 'flow/secret/plan', Iris: 'flow/secret/plan', Jo: 'execution/exec1' });
  assert.equal(where(ben), { ...open, Tom: 'flow/company/hello' });
  assert.not.match(world.published.filter((text) => !text.includes('Iris')).join('\n'), /secret/);
  for (const client of [ana, ben]) assert.equal(world.watch.present(client.caller), client.state(topic));
  await world.commit('engine', deletionWrites(world, row));
  world.ambient.advance(300);
  assert.is(where(ana)['Jo'], undefined, 'an execution that is gone has no namespace to ask for');
});

test('WA8 a hundred people who come in at once are a frame now and one a quarter of a second later', ({ world }) => {
  const client = world.client();
  client.watch(topic);
  const people = Array.from({ length: 100 }, (_, index) => present(`P${index}`));
  for (let count = 1; count <= people.length; count += 1) {
    enter(world, 'main/flow/company/hello', ...people.slice(0, count));
    world.ambient.advance(2);
  }
  assert.is(client.frames.length, 1);
  world.ambient.advance(100);
  assert.is(client.frames.length, 2);
  assert.is(Object.keys(where(client)).length, 100);
  const [first = 0, second = 0] = world.published.map((text): number => JSON.parse(text).params.at);
  assert.is(second - first, 250, 'what waited on purpose is not shown as a slow connection');
});

test('WA8 what changes nothing that is shown is not sent', ({ world }) => {
  const client = world.client();
  client.watch(topic);
  enter(world, 'main/flow/company/hello', present('Tom'));
  world.ambient.advance(300);
  assert.is(client.frames.length, 1);
  // Their second window, the page beside the document, and the same place again.
  enter(world, 'main/presence/flows/company/hello', present('Tom', { enteredAtMs: 5 }));
  enter(world, 'main/flow/company/hello', present('Tom', { enteredAtMs: 9 }));
  world.ambient.advance(1000);
  assert.is(client.frames.length, 1);
});

test('WA3 who comes back after a broken connection gets what they missed', ({ world }) => {
  const client = world.client();
  world.client(caller('ben')).watch(topic);
  client.watch(topic);
  enter(world, 'main/flow/company/hello', present('Tom'));
  world.ambient.advance(300);
  client.cut();
  enter(world, 'main/flow/company/hello', present('Iris'));
  world.ambient.advance(300);
  assert.equal(where(client), { Tom: 'flow/company/hello' });
  assert.is(client.watch(topic, client.cursor(topic)).type, 'patches');
  assert.equal(where(client), { Iris: 'flow/company/hello' });
});

test.run();
