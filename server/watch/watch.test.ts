import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../core/protocol/limits.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { topicOf, type ExecutionsTopicState, type ExecutionTopicState, type FlowsTopicState, type LogsTopicState, type StatsTopicState } from '../../core/protocol/topics.ts';
import { caller, changeWrites, createWorld, deletionWrites, execution, flow, flowWrite, moved, present, taskRun, taskRunWrite, type World } from './test-world.ts';

const test = suite<{ world: World }>('watch');
test.before.each(async (context) => {
  context.world = await createWorld();
});
test.after.each(async (context) => {
  await context.world.close();
});
const problemOf = (run: () => unknown): ProtocolError['problem'] => {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('WA1 a watcher gets the state, then patches that keep it equal to a fresh read', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', [...changeWrites(world, undefined, row), taskRunWrite(row, taskRun(row, 0))]);
  const client = world.client();
  const topic = topicOf.execution(row.id);
  assert.is(client.watch(topic).type, 'state');
  const running = moved(row, 'RUNNING');
  await world.commit('engine', [...changeWrites(world, row, running), taskRunWrite(row, moved(taskRun(row, 0), 'RUNNING')), taskRunWrite(row, taskRun(row, 1))]);
  world.ambient.settle();
  const state = client.state<ExecutionTopicState>(topic);
  assert.is(state.execution?.state.current, 'RUNNING');
  assert.equal(state.order, [taskRun(row, 0).id, taskRun(row, 1).id]);
  assert.equal(state, world.fresh(topic));
  assert.is(client.frames.length, 1);
});

test('the first change goes out at once, later ones of a tick together', async ({ world }) => {
  let row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  for (let count = 0; count < 10; count += 1) {
    const next = moved(row, count % 2 === 0 ? 'RUNNING' : 'PAUSED');
    await world.commit('engine', changeWrites(world, row, next));
    row = next;
    world.ambient.advance(1);
  }
  assert.is(client.frames.length, 1);
  world.ambient.advance(60);
  assert.is(client.frames.length, 2);
  assert.equal(client.state(topic), world.fresh(topic));
});

test('all watchers of a topic share one frame, encoded once', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const clients = Array.from({ length: 20 }, (_, index) => world.client(caller(`p${index}`)));
  for (const client of clients) client.watch(topicOf.execution(row.id));
  await world.commit('engine', changeWrites(world, row, moved(row, 'RUNNING')));
  world.ambient.settle();
  assert.is(world.published.length, 1);
  assert.ok(clients.every((client) => client.frames.length === 1));
});

test('WA5 topics that nobody watches cost nothing', async ({ world }) => {
  const row = execution(1);
  const client = world.client();
  client.watch('stats');
  world.watch.unwatch(client, 'stats');
  world.ambient.advance(61_000);
  assert.equal(world.watch.figures(), { topics: 0, watchers: 0, patches: 0 });
  await world.commit('engine', changeWrites(world, undefined, row));
  assert.is(world.ambient.pending(), 0);
  assert.is(world.published.length, 0);
});

test('WA2 after a broken connection only what was missed is sent, without a gap', async ({ world }) => {
  let row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const other = world.client(caller('ben'));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  other.watch(topic);
  client.cut();
  for (let count = 0; count < 5; count += 1) {
    const next = moved(row, count % 2 === 0 ? 'RUNNING' : 'PAUSED');
    await world.commit('engine', changeWrites(world, row, next));
    row = next;
    world.ambient.advance(100);
  }
  const answer = client.watch(topic, client.cursor(topic));
  assert.is(answer.type, 'patches');
  assert.is(answer.type === 'patches' ? answer.patches.length : 0, 5);
  assert.equal(client.state(topic), world.fresh(topic));
  assert.equal(client.watch(topic, client.cursor(topic)).type, 'patches');
});

test('WA3 the only watcher resumes as well, within a minute', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  client.cut();
  await world.commit('engine', changeWrites(world, row, moved(row, 'RUNNING')));
  world.ambient.advance(5000);
  assert.is(world.published.length, 0);
  assert.is(client.watch(topic, client.cursor(topic)).type, 'patches');
  assert.equal(client.state(topic), world.fresh(topic));
  client.cut();
  world.ambient.advance(61_000);
  assert.is(client.watch(topic, client.cursor(topic)).type, 'state');
});

test('WA3 a cursor of another epoch, of the future, or older than what is remembered gets a fresh state', async ({ world }) => {
  let row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  const first = client.cursor(topic);
  assert.is(client.watch(topic, { epoch: 'before the restart', seq: 0 }).type, 'state');
  assert.is(client.watch(topic, { epoch: first.epoch, seq: 99 }).type, 'state');
  const big = 'x'.repeat(limits.topicRingBytesMax / 4);
  for (let count = 0; count < 8; count += 1) {
    const next = { ...row, variables: { big: `${count}${big}` } };
    await world.commit('engine', changeWrites(world, row, next));
    row = next;
    world.ambient.advance(2000);
  }
  const behind = world.client();
  assert.is(behind.watch(topic, first).type, 'state');
  assert.equal(behind.state(topic), world.fresh(topic));
});

test('WA3 after a restart of the server the epoch is another, and a cursor from before gets a fresh state', async ({ world }) => {
  const client = world.client();
  client.watch('stats');
  const restarted = await createWorld(2);
  const again = restarted.client();
  assert.is(again.watch('stats', client.cursor('stats')).type, 'state');
  assert.is.not(again.cursor('stats').epoch, client.cursor('stats').epoch);
  await restarted.close();
});

test('WA4 a slow consumer leaves the channel, gets one fresh state when it has drained, and follows again', async ({ world }) => {
  let row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const slow = world.client();
  const fast = world.client(caller('ben'));
  const topic = topicOf.execution(row.id);
  slow.watch(topic);
  fast.watch(topic);
  const change = async (): Promise<void> => {
    const next = moved(row, 'RUNNING');
    await world.commit('engine', changeWrites(world, row, next));
    row = next;
    world.ambient.advance(100);
  };
  slow.buffered = limits.watchBufferedBytesMax + 1;
  for (let count = 0; count < 4; count += 1) await change();
  assert.is(slow.frames.length, 0);
  assert.is(fast.frames.length, 4);
  slow.buffered = limits.watchBufferedBytesMax / 2;
  world.watch.drained(slow);
  assert.is(slow.frames.length, 0);
  slow.buffered = 0;
  world.watch.drained(slow);
  assert.equal(slow.frames.map((frame) => frame.method), ['state']);
  await change();
  assert.equal(slow.frames.map((frame) => frame.method), ['state', 'patch']);
  assert.equal(slow.state(topic), world.fresh(topic));
  assert.equal(fast.state(topic), world.fresh(topic));
});

test('WA7 an open page keeps its rows in place: what changes changes there, what is new is counted', async ({ world }) => {
  const rows = Array.from({ length: 30 }, (_, index) => execution(index + 1));
  for (const row of rows) await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.executions('namespace=company&size=10');
  client.watch(topic);
  const order = client.state<ExecutionsTopicState>(topic).order;
  assert.equal(order, rows.slice(20).reverse().map((row) => row.id));
  for (let number = 31; number <= 33; number += 1) await world.commit('engine', changeWrites(world, undefined, execution(number)));
  await world.commit('engine', changeWrites(world, undefined, execution(34, { namespace: 'elsewhere' })));
  const changed = rows[25];
  if (changed !== undefined) await world.commit('engine', changeWrites(world, changed, moved(changed, 'FAILED')));
  world.ambient.advance(100);
  const state = client.state<ExecutionsTopicState>(topic);
  assert.equal(state.order, order);
  assert.is(state.newer, 3);
  assert.is(state.total, 33);
  assert.is(state.byId['exec26']?.state.current, 'FAILED');
  const newcomer = world.client(caller('ben'));
  newcomer.watch(topic);
  assert.is(newcomer.state<ExecutionsTopicState>(topic).order[0], 'exec33');
  assert.is(newcomer.state<ExecutionsTopicState>(topic).newer, 0);
  client.watch(topic);
  assert.is(client.state<ExecutionsTopicState>(topic).order[0], 'exec33');
  assert.is(client.cursor(topic).epoch, newcomer.cursor(topic).epoch);
});

test('WA7 a row that no longer matches the filter stays with its new state; one that begins to match is counted', async ({ world }) => {
  const first = moved(execution(1), 'RUNNING');
  const second = execution(2);
  await world.commit('engine', [...changeWrites(world, undefined, first), ...changeWrites(world, undefined, second)]);
  const client = world.client();
  const topic = topicOf.executions('state=RUNNING');
  client.watch(topic);
  await world.commit('engine', [...changeWrites(world, first, moved(first, 'SUCCESS')), ...changeWrites(world, second, moved(second, 'RUNNING'))]);
  world.ambient.advance(100);
  const state = client.state<ExecutionsTopicState>(topic);
  assert.equal(state.order, ['exec1']);
  assert.is(state.byId['exec1']?.state.current, 'SUCCESS');
  assert.is(state.newer, 1);
  assert.is(state.total, 1);
});

test('a deleted execution leaves the page and its own topic', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  client.watch('executions?');
  await world.commit('engine', deletionWrites(world, row));
  world.ambient.advance(100);
  assert.is(client.state<ExecutionTopicState>(topic).execution, null);
  assert.equal(client.state('executions?'), { byId: {}, order: [], total: 0, newer: 0 });
});

test('an execution may be watched before it exists', async ({ world }) => {
  const client = world.client();
  const row = execution(1);
  client.watch(topicOf.execution(row.id));
  client.watch(topicOf.logs(row.id));
  assert.is(client.state<ExecutionTopicState>(topicOf.execution(row.id)).execution, null);
  await world.commit('engine', changeWrites(world, undefined, row));
  world.ambient.advance(100);
  await world.commit('engine', [taskRunWrite(row, taskRun(row, 0)), ...world.logs.append(row, [{ atMs: 1, level: 'INFO', message: 'hi' }])]);
  world.ambient.advance(100);
  assert.equal(client.state(topicOf.execution(row.id)), world.fresh(topicOf.execution(row.id)));
  assert.is(client.state<LogsTopicState>(topicOf.logs(row.id)).lines[0]?.message, 'hi');
});

test('log lines are appended; a flood leaves a tail of bounded size that says where it begins', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.logs(row.id);
  client.watch(topic);
  const append = async (count: number, length: number): Promise<void> => {
    await world.commit('engine', world.logs.append(row, Array.from({ length: count }, (_, index) => ({ atMs: index, level: 'INFO', message: 'x'.repeat(length) }) as const)));
    world.ambient.advance(1000);
  };
  await append(2, 5);
  await append(1, 5);
  assert.is(client.frames.length, 2);
  assert.match(world.published[1] ?? '', /"op":"add","path":"\/lines\/-"/);
  assert.equal(client.state(topic), world.fresh(topic));
  for (let count = 0; count < 8; count += 1) await append(700, 300);
  const state = client.state<LogsTopicState>(topic);
  assert.is(state.total, 5603);
  assert.is(state.first + state.lines.length, state.total);
  assert.is(state.lines[0]?.position, state.first);
  assert.ok(Math.max(...world.published.map((text) => text.length)) < 500_000);
  await append(5000, 10);
  assert.equal(client.state(topic), world.fresh(topic));
  assert.is(client.state<LogsTopicState>(topic).counts.INFO, 10_603);
});

test('flows show their last execution and who has them open', async ({ world }) => {
  await world.commit('front', [flowWrite(flow('hello')), flowWrite(flow('other', { namespace: 'z' })), flowWrite(flow('gone', { deleted: true }))]);
  const client = world.client();
  client.watch('flows?');
  client.watch('flow/company/hello');
  assert.equal(client.state<FlowsTopicState>('flows?').order, ['company/hello', 'z/other']);
  world.rooms.push({ room: 'main/flow/company/hello', participants: [present('Ben')] });
  world.presenceChanged('main/flow/company/hello');
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  world.ambient.advance(100);
  assert.is(client.state<FlowsTopicState>('flows?').byId['company/hello']?.lastExecution?.state, 'CREATED');
  assert.equal(client.state<FlowsTopicState>('flows?').byId['company/hello']?.present, [{ name: 'Ben', color: 3 }]);
  await world.commit('engine', changeWrites(world, row, moved(row, 'SUCCESS')));
  await world.commit('front', [flowWrite(flow('hello', { deleted: true })), flowWrite(flow('a'))]);
  world.ambient.advance(100);
  for (const topic of ['flows?', 'flow/company/hello']) assert.equal(client.state(topic), world.fresh(topic));
  assert.equal(client.state('flow/company/hello'), { flow: null, revision: 0, latest: null });
});

test('figures of Home follow the counters', async ({ world }) => {
  const client = world.client();
  client.watch('stats');
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  world.ambient.advance(100);
  await world.commit('engine', changeWrites(world, row, moved(row, 'RUNNING')));
  world.ambient.advance(100);
  const state = client.state<StatsTopicState>('stats');
  assert.equal(state.executionsByState, { RUNNING: 1 });
  assert.equal(state.daily, { '2026-01-01': { RUNNING: 1 } });
  assert.equal(state.running.order, ['exec1']);
  assert.equal(state, world.fresh('stats'));
  world.ambient.advance(24 * 3_600_000);
  assert.equal(client.state('stats'), world.fresh('stats'));
});

test('one change among 5,000 task runs sends that task run alone', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', [...changeWrites(world, undefined, row), ...Array.from({ length: 5000 }, (_, position) => taskRunWrite(row, taskRun(row, position)))]);
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  await world.commit('engine', [taskRunWrite(row, moved(taskRun(row, 77), 'RUNNING'))]);
  const begin = performance.now();
  world.ambient.settle();
  const tookMs = performance.now() - begin;
  assert.ok((world.published[0]?.length ?? 0) < 1200, `${world.published[0]?.length} characters`);
  assert.ok(tookMs < 60, `took ${tookMs} ms`);
  assert.equal(client.state(topic), world.fresh(topic));
});

test('an unknown topic, a bad filter and too many topics are refused with a sentence', ({ world }) => {
  const client = world.client();
  for (const topic of ['nothing', 'execution', 'execution/', 'execution/a/b', 'flow/a', 'stats/x', '', 'execution/a\0', 'executions/a']) assert.is(problemOf(() => client.watch(topic)).status, 404, topic);
  for (const [query, why] of [['state=NOPE', /"NOPE" is no state/], ['page=0', /page: "0" is no whole number/], ['size=5000', /from 1 to 1000/], ['startDate=soon', /no ISO date/], ['timeRange=week', /no ISO duration/], ['sort=x', /FIELD:asc/], ['labels=x', /not key:value/], ['namespace=%00', /NUL/]] as const) {
    assert.match(problemOf(() => client.watch(`executions?${query}`)).message, why);
  }
  for (let count = 0; count < limits.subscriptionsPerSocketMax; count += 1) client.watch(topicOf.execution(`e${count}`));
  assert.is(problemOf(() => client.watch('stats')).status, 429);
});

test('WA6 without the right there is no state, and a right that is taken away ends the subscription', async ({ world }) => {
  const client = world.client();
  world.refusals.set('ana audit', 'only administrators read the audit');
  assert.equal(problemOf(() => client.watch('audit')), { status: 403, message: 'only administrators read the audit' });
  client.watch('stats');
  client.watch('flows?');
  world.refusals.set('ana execution', 'you were removed');
  world.revoke('somebody else');
  assert.is(client.frames.length, 0);
  world.revoke('ana');
  assert.equal(client.frames, [{ method: 'ended', topic: 'stats', reason: 'you were removed' }]);
  await world.commit('engine', changeWrites(world, undefined, execution(1)));
  world.ambient.advance(100);
  assert.equal(client.frames.map((frame) => frame.topic), ['stats']);
});

test('names that would reach a prototype are data', async ({ world }) => {
  const row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const client = world.client();
  const topic = topicOf.execution(row.id);
  client.watch(topic);
  await world.commit('engine', [taskRunWrite(row, taskRun(row, 0, { outputs: { 'a/b~c': { constructor: 1, '/': 2 } } }))]);
  world.ambient.advance(100);
  await world.commit('engine', [taskRunWrite(row, taskRun(row, 0, { outputs: { 'a/b~c': { constructor: 2, '/': 3 } } }))]);
  world.ambient.advance(100);
  assert.equal(client.state(topic), world.fresh(topic));
  assert.is(Reflect.get({}, 'polluted'), undefined);
});

test('who joins sees at least what they wrote themselves, though the tick is not over', async ({ world }) => {
  let row = execution(1);
  await world.commit('engine', changeWrites(world, undefined, row));
  const topic = topicOf.execution(row.id);
  const other = world.client(caller('ben'));
  other.watch(topic);
  for (let count = 0; count < 3; count += 1) {
    const next = moved(row, 'RUNNING');
    await world.commit('engine', changeWrites(world, row, next));
    row = next;
    world.ambient.settle();
  }
  const client = world.client();
  client.watch(topic);
  assert.equal(client.state(topic), world.fresh(topic));
  assert.equal(other.state(topic), client.state(topic));
  assert.equal(other.cursor(topic), client.cursor(topic));
});

test.run();
