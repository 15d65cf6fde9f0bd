/**
 * "After every injected fault (server killed, socket cut, slow consumer) each open view equals a fresh REST read within one second", and
 * a PUT while a person types. The views are those of the pages' own connection, through a cable that the test can cut and hold.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { rm } from 'node:fs/promises';
import { clock, timers } from '../../client/ambient/index.ts';
import { createConnection, type Connection, type SocketLike } from '../../client/connection/index.ts';
import { topicOf, type ExecutionsTopicState, type ExecutionTopicState, type FlowsTopicState, type LogsTopicState, type StatsTopicState, type TriggersTopicState } from '../../core/protocol/topics.ts';
import { closeSockets, freePort, joinDocument, openCable, type Cable } from '../harness/sockets.ts';
import { startServer, until, type TestServer } from '../harness/server.ts';

const slowFlow = `id: slow
namespace: faults
labels:
  kind: fault
triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 4 * * *"
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [1, 2, 3, 4]
    tasks:
      - id: say
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.value }}"
      - id: wait
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT0.35S
      - id: give
        type: io.kestra.plugin.core.debug.Return
        format: "{{ taskrun.value }}"
`;
const loudFlow = `id: loud
namespace: faults
tasks:
  - id: print
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    commands:
      - for part in $(seq 60); do awk -v part=$part 'BEGIN { for (i = 0; i < 200; i++) printf "%06d %0300d\\n", (part - 1) * 200 + i, i }'; sleep 0.05; done
`;

let server: TestServer;
let cable: Cable;
const connections: Connection[] = [];

// No `before`: uvu passes silently when one fails.
test('a server behind a cable stands', async () => {
  cable = await openCable();
  await restart();
  await server.putFlow(slowFlow);
  await server.putFlow(loudFlow);
});
test.after(async () => {
  for (const connection of connections) connection.close();
  closeSockets();
  await cable.close();
  await server.stop();
  await rm(server.data, { recursive: true, force: true });
});

/** People reach the server by the cable's address. */
async function restart(): Promise<void> {
  const again = server as TestServer | undefined;
  server = await startServer({ environment: { ENSEMBLE_PUBLIC_URL: `http://127.0.0.1:${cable.port}` }, port: again?.port ?? await freePort(), ...(again === undefined ? {} : { data: again.data }) });
  cable.plug(server.port);
}

/** Frames of the RPC as they arrive. */
const heard: string[] = [];
function openSocket(): SocketLike {
  const socket = new WebSocket(`ws://127.0.0.1:${cable.port}/api/v1/main/rpc`);
  const handlers: Pick<SocketLike, 'onopen' | 'onmessage' | 'onclose'> = { onopen: null, onmessage: null, onclose: null };
  socket.on('open', () => handlers.onopen?.());
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    heard.push(text.slice(0, 40));
    handlers.onmessage?.({ data: text });
  });
  socket.on('close', (code: number, reason: Buffer) => handlers.onclose?.({ code, reason: reason.toString('utf8') }));
  socket.on('error', () => undefined);
  return Object.assign(handlers, { send: (text: string) => socket.send(text), close: (code?: number, reason?: string) => socket.close(code, reason) });
}
/** Chance is fixed, so that a run is the same as the last. */
function connect(): Connection {
  const connection = createConnection({ openSocket, clock, timers, chance: () => 0.5 });
  connections.push(connection);
  return connection;
}

const get = async (path: string): Promise<unknown> => {
  const answer = await server.request('GET', path);
  if (answer.status !== 200) throw new Error(`GET ${path} answers ${answer.status} ${answer.text.slice(0, 200)}`);
  return answer.json;
};
interface RestExecution { readonly id: string; readonly state: { readonly current: string }; readonly taskRunList?: readonly unknown[] }
const start = async (flow: string): Promise<string> => {
  const answer = await server.request('POST', `/api/v1/executions/faults/${flow}`);
  assert.is(answer.status, 200, answer.text);
  return (answer.json as RestExecution).id;
};
/** A duration of something that runs is measured at the moment of reading. */
const timeless = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'duration' ? undefined : member)));

/** The open views of one person, each with the fresh read that it has to equal. */
function openViews(connection: Connection, executionId: string): { readonly compare: () => Promise<void>; readonly names: readonly string[] } {
  const states = new Map<string, unknown>();
  const watch = (topic: string): string => {
    connection.watch(topic, { changed: (state) => states.set(topic, state), refused: (error) => states.set(topic, error) });
    return topic;
  };
  const state = <State>(topic: string): State => {
    const known = states.get(topic);
    if (known === undefined || known instanceof Error) throw new Error(`${topic}: ${String(known)}`);
    return known as State;
  };
  const execution = watch(topicOf.execution(executionId));
  const logs = watch(topicOf.logs(executionId));
  const executions = watch(topicOf.executions('namespace=faults&size=25'));
  const flows = watch(topicOf.flows('namespace=faults&size=25'));
  const flow = watch(topicOf.flow('faults', 'slow'));
  const triggers = watch(topicOf.triggers('namespace=faults&size=25'));
  const stats = watch(topicOf.stats());
  return {
    names: [execution, logs, executions, flows, flow, triggers, stats],
    compare: async () => {
      const [freshExecution, freshLogs, freshList, freshFlows, freshTriggers, freshStats] = await Promise.all([
        get(`/api/v1/executions/${executionId}`), get(`/api/v1/logs/${executionId}`), get('/api/v1/executions/search?namespace=faults&size=100'),
        get('/api/v1/flows/search?namespace=faults&size=25'), get('/api/v1/triggers/search?namespace=faults&size=25'), get('/api/v1/stats'),
      ]) as [RestExecution, readonly unknown[], { readonly results: readonly RestExecution[]; readonly total: number }, { readonly results: readonly { readonly id: string; readonly revision: number }[]; readonly total: number }, { readonly results: readonly { readonly triggerContext: unknown }[]; readonly total: number }, StatsTopicState];
      const { taskRunList, ...header } = freshExecution;
      const one = state<ExecutionTopicState>(execution);
      assert.equal(timeless(one.execution), timeless(header), 'the execution');
      assert.equal(timeless(one.order.map((id) => one.taskRuns[id])), timeless(taskRunList ?? []), 'its task runs');
      const log = state<LogsTopicState>(logs);
      assert.is(log.total, freshLogs.length, 'the log\'s length');
      assert.equal(log.lines, freshLogs.slice(log.first), 'the log');
      const list = state<ExecutionsTopicState>(executions);
      assert.is(list.total, freshList.total, 'the total of the list');
      const shown = freshList.results.filter((row) => list.byId[row.id] !== undefined);
      assert.equal(list.order, shown.map((row) => row.id).slice(0, list.order.length), 'the order of the list');
      assert.ok(list.newer + list.order.length === Math.min(freshList.results.length, list.newer + list.order.length), 'rows that came later are counted');
      for (const row of shown) assert.is(list.byId[row.id]?.state.current, row.state.current, `row ${row.id}`);
      assert.is(freshList.results.findIndex((row) => list.byId[row.id] !== undefined), list.newer, '"n new"');
      const flowList = state<FlowsTopicState>(flows);
      assert.is(flowList.total, freshFlows.total);
      assert.equal(flowList.order.map((id) => [flowList.byId[id]?.id, flowList.byId[id]?.revision]), freshFlows.results.map((row) => [row.id, row.revision]), 'the flows');
      assert.is(state<{ readonly revision: number }>(flow).revision, freshFlows.results.find((row) => row.id === 'slow')?.revision, 'the flow');
      const triggerList = state<TriggersTopicState>(triggers);
      assert.equal(triggerList.order.map((id) => triggerList.byId[id]), freshTriggers.results.map((row) => row.triggerContext), 'the triggers');
      assert.equal(timeless(state(stats)), timeless(freshStats), 'the figures of Home');
    },
  };
}

const equalWithinASecond = async (what: string, views: { readonly compare: () => Promise<void> }): Promise<void> => {
  await until(`${what}: each view equals a fresh read`, async () => {
    await views.compare();
    return true;
  }, Boolean, 5000);
};

test('a cut socket: each open view equals a fresh REST read within one second, without a gap in between', async () => {
  const connection = connect();
  const id = await start('slow');
  const views = openViews(connection, id);
  await equalWithinASecond('at first', views);
  for (let round = 0; round < 3; round += 1) {
    cable.cut();
    await until('the badge has said so', () => connection.status().state, (state) => state !== 'live', 2000);
    await start('slow');
    await server.putFlow(`${slowFlow}# ${round} ${connection.status().state}\n`);
    await equalWithinASecond(`cut ${round}`, views);
    assert.is(connection.status().state, 'live');
  }
  await until('the first has ended', async () => (await get(`/api/v1/executions/${id}`)) as RestExecution, (one) => one.state.current === 'SUCCESS');
  await equalWithinASecond('at the end', views);
  connection.close();
});

test('a killed server: back on the same port, each open view equals a fresh REST read within one second, and nothing that ran is stuck', async () => {
  const connection = connect();
  const id = await start('slow');
  const views = openViews(connection, id);
  await equalWithinASecond('at first', views);
  for (let round = 0; round < 2; round += 1) {
    await server.kill9();
    await restart();
    await equalWithinASecond(`restart ${round}`, views);
  }
  await until('it has ended', async () => (await get(`/api/v1/executions/${id}`)) as RestExecution, (one) => one.state.current === 'SUCCESS');
  await equalWithinASecond('at the end', views);
  connection.close();
});

test('a stopped server says so with 1012, and its views resume as well', async () => {
  const connection = connect();
  const id = await start('slow');
  const views = openViews(connection, id);
  await equalWithinASecond('at first', views);
  const code = await server.stop();
  assert.is(code, 0);
  await restart();
  await equalWithinASecond('after the stop', views);
  connection.close();
});

test('a slow consumer gets a fresh state instead of a queue: each open view equals a fresh REST read within one second of its return', async () => {
  const connection = connect();
  const quiet = await start('slow');
  const views = openViews(connection, quiet);
  await equalWithinASecond('at first', views);
  const loud = await Promise.all(Array.from({ length: 6 }, () => start('loud')));
  const tails = new Map<string, LogsTopicState>();
  for (const id of loud) connection.watch(topicOf.logs(id), { changed: (state) => { tails.set(id, state as LogsTopicState); } });
  cable.hold();
  heard.length = 0;
  await until('all have printed', async () => await Promise.all(loud.map((id) => get(`/api/v1/executions/${id}`))) as readonly RestExecution[], (all) => all.every((one) => one.state.current === 'SUCCESS'), 60_000);
  cable.release();
  await equalWithinASecond('after the return', views);
  await until('each tail is the end of its log', () => [...tails.values()].map((tail) => `${tail.total} ${tail.lines.at(-1)?.message.slice(0, 6)}`), (ends) => ends.length === 6 && ends.every((end) => /^120\d\d 011999$/.test(end)), 2000);
  assert.ok(heard.some((start) => start.includes('"method":"state"')), 'it was too slow for the patches');
  connection.close();
});

test('a slow reader of a document is closed and comes back with the whole text, and who types does not wait for it', async () => {
  const slowDoc = new Y.Doc();
  const slow = joinDocument(cable.port, 'faults/slow', slowDoc);
  const typing = new Y.Doc();
  const typist = joinDocument(server.port, 'faults/slow', typing);
  await until('both are synced', () => slow.synced && typist.synced);
  let closed = 0;
  slow.on('connection-close', () => { closed += 1; });
  cable.hold();
  const text = typing.getText('source');
  const pasted = `${'#'.repeat(99)}\n`.repeat(5000);
  for (let round = 0; round < 60; round += 1) {
    text.insert(text.length, pasted);
    text.delete(text.length - pasted.length, pasted.length);
  }
  text.insert(text.length, '# the end\n');
  const reader = new Y.Doc();
  const other = joinDocument(server.port, 'faults/slow', reader);
  await until('a third person sees it all', () => reader.getText('source').toString().endsWith('# the end\n'), Boolean, 30_000);
  cable.release();
  await until('the slow one has it too', () => slowDoc.getText('source').toString() === text.toString(), Boolean, 5000);
  assert.ok(closed > 0, 'it was too slow for the frames');
  for (const provider of [slow, typist, other]) provider.destroy();
});

test('PUT of a flow while a person types: the revision is byte for byte what was sent, the typing is still in the draft', async () => {
  const base = 'id: typed\nnamespace: faults\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n';
  await server.putFlow(base);
  const doc = new Y.Doc();
  const provider = joinDocument(server.port, 'faults/typed', doc);
  await until('the person is synced', () => provider.synced);
  const text = doc.getText('source');
  let typed = '';
  let put = 0;
  const sent: string[] = [];
  for (let key = 0; key < 120; key += 1) {
    const character = String.fromCharCode(97 + (key % 26));
    if (key === 0) { text.insert(text.length, '# '); }
    text.insert(text.length, character);
    typed += character;
    if (key % 30 === 15) {
      // Whole bytes of every kind: another line end, a tab, other scripts, a space at the end, no end of line.
      const source = `# put ${put} ✓ 日本 🎉 \r\n${base.replace('message: hello', `message: hello ${put}`)}# last line \t without an end`;
      const answer = await server.request('PUT', '/api/v1/flows/faults/typed', { body: source, headers: { 'content-type': 'application/x-yaml' } });
      assert.is(answer.status, 200, answer.text);
      sent.push(source);
      put += 1;
      const revision = (answer.json as { readonly revision: number }).revision;
      assert.is(revision, put + 1);
    } else await new Promise<void>((resolve) => { setImmediate(resolve); });
  }
  for (const [index, source] of sent.entries()) {
    const read = await get(`/api/v1/flows/faults/typed?source=true&revision=${index + 2}`) as { readonly source: string };
    assert.is(read.source, source, `revision ${index + 2}`);
  }
  const draft = await until('the draft holds the typing', async () => (await get('/api/v1/flows/faults/typed/draft')) as { readonly source: string }, (now) => now.source.includes(`# ${typed}`), 5000);
  assert.match(draft.source, /message: hello 3/, 'and what was put');
  await until('the person sees both', () => text.toString() === draft.source, Boolean, 5000);
  provider.destroy();
});

test.run();
