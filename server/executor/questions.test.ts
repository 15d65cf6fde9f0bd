/** `http()` and `subflow()` in expressions: of the engine's own, and of tasks inline and in threads. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testEngine, type TestEngine } from './testing-engine.ts';

let engine: TestEngine;
let server: Server;
let base = '';
const asked: string[] = [];
let release: (() => void) | undefined;

test.before(async () => {
  engine = await testEngine();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (request.url === '/never') return;
      if (request.url === '/held') { release = () => response.end('{"on":true}'); server.emit('held'); return; }
      if (request.url === '/gone') { response.writeHead(404).end('no such thing'); return; }
      if (request.url === '/text') { response.end('plain'); return; }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ on: true, items: ['a', 'b'], method: request.method, token: request.headers['x-token'] ?? null, sent: Buffer.concat(chunks).toString() }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
test.after(async () => {
  server.closeAllConnections();
  server.close();
  await engine.discard();
});

const log = (id: string, message = 'hi'): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: "${message}"\n`;
const indented = (text: string): string => text.replace(/^/gm, '    ').replace(/ +$/gm, '');

test('EN21 an If asks the web once, and the journal keeps the answer', async () => {
  engine.publish('asks', `tasks:\n  - id: check\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ http(uri='${base}/flag', headers={'X-Token': 't'}).on }}"\n    then:\n${indented(log('yes'))}${log('after')}`);
  const before = asked.length;
  const ended = await engine.start('asks');
  assert.is(ended.state.current, 'SUCCESS');
  assert.equal(ended.taskRunList?.map((run) => run.taskId), ['check', 'yes', 'after']);
  assert.is(asked.length, before + 1, 'asked once');
  await engine.quiet();
  const { rows, replayed } = engine.replayed(ended.id);
  assert.is(replayed, rows);
});

test('values of a ForEach and runIf come from the web', async () => {
  engine.publish('values', `tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: "{{ http('${base}/items').items }}"\n    tasks:\n${indented(log('one', '{{ taskrun.value }}'))}${log('never').trimEnd()}\n    runIf: "{{ http('${base}/x').on == false }}"\n`);
  const ended = await engine.start('values');
  assert.equal(ended.taskRunList?.map((run) => `${run.taskId} ${run.value ?? ''} ${run.state.current}`), ['each  SUCCESS', 'one a SUCCESS', 'one b SUCCESS', 'never  SKIPPED']);
});

test('an answer of 404 fails the task run with its words', async () => {
  engine.publish('gone', `tasks:\n  - id: pick\n    type: io.kestra.plugin.core.flow.Switch\n    value: "{{ http('${base}/gone') }}"\n    cases:\n      a:\n${indented(indented(log('a')))}`);
  const ended = await engine.start('gone');
  assert.is(ended.state.current, 'FAILED');
  await engine.quiet();
  assert.ok(engine.logLines(ended.id).some((line) => line.includes('answered 404: no such thing')), engine.logLines(ended.id).join('\n'));
});

test('a task renders http() in a thread, though it would run inline', async () => {
  engine.publish('task', `tasks:\n  - id: value\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ http(uri='${base}/post', method='post', body={'a': 1}).sent }} {{ http('${base}/text') }} {{ http('${base}/q', query={'q': 'a b'}).method }}"\n`);
  const ended = await engine.start('task');
  assert.is(ended.taskRunList?.[0]?.outputs['value'], '{"a":1} plain GET', engine.logLines(ended.id).join('\n'));
  assert.ok(asked.includes('GET /q?q=a+b'));
});

test('subflow() runs a flow and gives its outputs, to the engine and to tasks', async () => {
  engine.publish('doubled', `inputs:\n  - id: n\n    type: INT\ntasks:\n${log('a')}outputs:\n  - id: twice\n    type: INT\n    value: "{{ inputs.n * 2 }}"\n`);
  engine.publish('caller', `tasks:\n  - id: pick\n    type: io.kestra.plugin.core.flow.Switch\n    value: "{{ subflow(namespace='test', id='doubled', inputs={'n': 21}).outputs.twice }}"\n    cases:\n      42:\n${indented(indented('  - id: shown\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ subflow(namespace=\'test\', id=\'doubled\', inputs={\'n\': 4}).outputs.twice }}"\n'))}`);
  const ended = await engine.start('caller');
  assert.is(ended.state.current, 'SUCCESS', engine.logLines(ended.id).join('\n'));
  assert.is(ended.taskRunList?.[1]?.outputs['value'], '8');
  const children = engine.executionsOf('doubled');
  assert.is(children.length, 2);
  assert.ok(children.every((child) => child.trigger?.variables['executionId'] === ended.id));
  engine.publish('lost', 'tasks:\n  - id: value\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ subflow(namespace=\'test\', id=\'nowhere\').state }}"\n');
  const lost = await engine.start('lost');
  assert.is(lost.state.current, 'FAILED');
  await engine.quiet();
  assert.ok(engine.logLines(lost.id).some((line) => line.includes("Unable to find flow 'test'.'nowhere'")));
});

test('errorLogs() has what the failed tasks have logged', async () => {
  engine.publish('failing', `tasks:\n  - id: bad\n    type: io.kestra.plugin.core.execution.Fail\n    errorMessage: it broke\nerrors:\n  - id: told\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ (errorLogs() | first).taskId }}: {{ (errorLogs() | first).message }}, {{ tasksWithState('failed') | length }}"\n  - id: again\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ errorLogs() | length == 1 }}"\n    then:\n${indented(log('yes'))}`);
  const ended = await engine.start('failing');
  assert.ok(ended.taskRunList?.some((run) => run.taskId === 'yes'));
  const told = ended.taskRunList?.find((run) => run.taskId === 'told');
  assert.is(told?.outputs['value'], 'bad: it broke, 1', engine.logLines(ended.id).join('\n'));
});

test('EN21 nobody is told of a pause that waits behind a question: it is decided when the answer has come', async () => {
  engine.publish('waits', `tasks:\n  - id: check\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ http('${base}/held').on }}"\n    then:\n${indented(log('yes'))}${log('after')}`);
  const started = await engine.start('waits', { wait: false });
  while (release === undefined) await once(server, 'held');
  let told = false;
  const paused = engine.executor.command('main', started.id, { type: 'pause' }, 'test').then((reply) => { told = true; return reply; });
  // Another call that crosses to the engine and back after it.
  await engine.executor.figures();
  assert.not.ok(told);
  release();
  release = undefined;
  const reply = await paused;
  const stored = engine.stored(started.id);
  assert.is(reply.ok ? stored?.histories.some((change) => change.state === 'PAUSED') : reply.problem.status, reply.ok ? true : 422);
});

test('EN21 a kill does not wait for an answer that does not come', async () => {
  engine.publish('waits', `tasks:\n  - id: check\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ http('${base}/never') }}"\n    then:\n${indented(log('yes'))}`);
  const started = await engine.start('waits', { wait: false });
  while (!asked.includes('GET /never')) await once(server, 'request');
  assert.ok((await engine.executor.command('main', started.id, { type: 'kill', cascade: true }, 'test')).ok);
  const ended = await engine.until(started.id, (execution) => ['KILLED', 'FAILED'].includes(execution.state.current));
  assert.ok(ended.taskRunList?.every((run) => run.taskId === 'check') ?? true);
});

test.run();
