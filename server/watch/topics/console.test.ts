import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../../core/protocol/limits.ts';
import { topicOf, type ConsoleEntry, type ConsoleTopicState } from '../../../core/protocol/topics.ts';
import { caller, createWorld, changeWrites, execution, present, type World } from '../test-world.ts';

const topic = topicOf.console('exec1');
const test = suite<{ world: World }>('console');
test.before.each(async (context) => {
  context.world = await createWorld();
  await context.world.commit('engine', changeWrites(context.world, undefined, execution(1)));
});
test.after.each(async (context) => {
  await context.world.close();
});

const room = 'main/presence/executions/exec1';
function look(world: World, ...participants: readonly ReturnType<typeof present>[]): void {
  const index = world.rooms.findIndex((other) => other.room === room);
  if (index !== -1) world.rooms.splice(index, 1);
  if (participants.length > 0) world.rooms.push({ room, participants });
  world.presenceChanged(room);
}
const entry = (id: string): ConsoleEntry => ({ id, at: '2026-11-24T14:00:00.000Z', by: { id: 'tom', name: 'Tom', kind: 'person', color: 2 }, expression: `{{ ${id} }}`, outcome: { type: 'result', text: id, cut: false } });

test('WA9 what one evaluates is told to all who look, in order, and a newcomer reads the same', ({ world }) => {
  look(world, present('Tom'), present('Maya'));
  const [tom, maya] = [world.client(caller('tom')), world.client(caller('maya'))];
  for (const client of [tom, maya]) client.watch(topic);
  for (const id of ['a', 'b', 'c']) { world.consoles.add('main', 'exec1', entry(id)); world.ambient.advance(100); }
  // Of another execution nothing is told here.
  world.consoles.add('main', 'exec2', entry('other'));
  world.ambient.advance(100);
  for (const client of [tom, maya]) assert.equal(client.state<ConsoleTopicState>(topic).order, ['a', 'b', 'c']);
  const late = world.client(caller('late'));
  late.watch(topic);
  assert.equal(late.state(topic), maya.state(topic));
  assert.equal(late.state(topic), world.fresh(topic));
});

test('WA9 old entries go, and everything a minute after the last one has left; a reload keeps it', ({ world }) => {
  look(world, present('Tom'));
  const client = world.client();
  client.watch(topic);
  for (let index = 0; index < limits.consoleEntriesMax + 3; index += 1) world.consoles.add('main', 'exec1', entry(`e${index}`));
  world.ambient.advance(100);
  assert.is(client.state<ConsoleTopicState>(topic).order.length, limits.consoleEntriesMax);
  assert.is(client.state<ConsoleTopicState>(topic).order[0], 'e3');
  look(world);
  world.ambient.advance(2000);
  look(world, present('Tom'));
  world.ambient.advance(120_000);
  assert.is(client.state<ConsoleTopicState>(topic).order.length, limits.consoleEntriesMax, 'he came back');
  look(world);
  world.ambient.advance(61_000);
  assert.equal(client.state<ConsoleTopicState>(topic).order, []);
});

test('WA9 who may not evaluate does not read what others have evaluated', ({ world }) => {
  world.refusals.set('ben execution', 'you may look, not change');
  assert.throws(() => world.client(caller('ben')).watch(topic), /you may look/);
});

test.run();
