import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCalls, type CallRooms } from './calls.ts';
import { testEngine, type TestEngine } from './testing-engine.ts';

const log = (id: string): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n`;
let engine: TestEngine;
test.before(async () => { engine = await testEngine({ secrets: { SECRET_PASS: Buffer.from('hunter2-and-more').toString('base64') } }); });
test.after(async () => { await engine.discard(); });

test('EN6 an execution is answered after its creation is flushed, and a fresh reader sees it', async () => {
  engine.publish('one', `tasks:\n${log('a')}`);
  const started = await engine.start('one', { wait: false });
  assert.is(started.state.current, 'CREATED');
  const seen = await engine.until(started.id, () => true, 1);
  assert.is(seen.id, started.id);
});

test('a subflow hands its outputs to its parent', async () => {
  engine.publish('child', `inputs:\n  - id: who\n    type: STRING\ntasks:\n${log('a')}outputs:\n  - id: greeting\n    type: STRING\n    value: "hello {{ inputs.who }}"\n`);
  engine.publish('parent', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: child\n    inputs:\n      who: world\n  - id: seen\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ outputs.call.outputs.greeting }}"\n');
  const ended = await engine.start('parent');
  assert.is(ended.state.current, 'SUCCESS');
  assert.is(ended.taskRunList?.[1]?.outputs['value'], 'hello world');
});

test('EN9 killing ends the process group of a running task, and the executions that were started from it', async () => {
  engine.publish('sleeper', 'tasks:\n  - id: sleep\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Process\n    commands:\n      - "sleep 300 & echo \'::{\\"outputs\\":{\\"pid\\":\'$!\'}}::\'; wait"\n');
  engine.publish('outer', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: sleeper\n');
  const outer = await engine.start('outer', { wait: false });
  const running = await engine.until(outer.id, (execution) => execution.taskRunList?.[0]?.outputs['executionId'] !== undefined);
  const childId = String(running.taskRunList?.[0]?.outputs['executionId']);
  await engine.until(childId, (execution) => execution.taskRunList?.[0]?.state.current === 'RUNNING');
  const reply = await engine.executor.command('main', outer.id, { type: 'kill', cascade: true }, 'test');
  assert.ok(reply.ok);
  const killed = await engine.until(outer.id, (execution) => execution.state.current === 'KILLED');
  assert.is(killed.taskRunList?.[0]?.state.current, 'KILLED');
  const child = await engine.until(childId, (execution) => execution.state.current === 'KILLED');
  assert.is(child.taskRunList?.[0]?.state.current, 'KILLED');
});

test('a FILE input takes a namespace file by default: its own copy, which stays what it was', async () => {
  engine.publish('upload', 'inputs:\n  - id: text\n    type: STRING\ntasks:\n  - id: up\n    type: io.kestra.plugin.core.namespace.UploadFiles\n    namespace: test\n    filesMap:\n      data/a.csv: "{{ inputs.text }}"\n');
  engine.publish('reads', `inputs:\n  - id: file\n    type: FILE\n    defaults: nsfile:///data/a.csv\ntasks:\n  - id: seen\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ read(inputs.file) }}"\n`);
  await assertRefused(() => engine.start('reads'), /the namespace has no such file/);
  assert.is((await engine.start('upload', { inputs: { text: 'one' } })).state.current, 'SUCCESS');
  const ended = await engine.start('reads');
  assert.is(ended.taskRunList?.[0]?.outputs['value'], 'one');
  assert.match(String(ended.inputs?.['file']), /\/executions\/\w+\/inputs\/file\/a\.csv$/);
});

async function assertRefused(call: () => Promise<unknown>, pattern: RegExp): Promise<void> {
  let message = 'nothing was refused';
  try { await call(); } catch (error) { message = String(error); }
  assert.match(message, pattern);
}

test('EN13 when the queue of steps is full, creations are refused with 429', async () => {
  const full = { loop: { queued: Number.MAX_SAFE_INTEGER, liveCount: 0 } } as unknown as CallRooms;
  const reply = await createCalls(full).create({ tenant: 'main', namespace: 'test', flowId: 'one', inputs: { fields: {}, files: [] }, labels: [], wait: false, startedBy: 'test', afterFrontCommit: 0 });
  assert.is(reply.ok ? 200 : reply.problem.status, 429);
});

test('commands answer with the words of the API when the state does not allow them', async () => {
  engine.publish('brief', `tasks:\n${log('a')}`);
  const ended = await engine.start('brief');
  const status = async (...args: Parameters<TestEngine['executor']['command']>): Promise<number> => { const reply = await engine.executor.command(...args); return reply.ok ? 200 : reply.problem.status; };
  assert.is(await status('main', ended.id, { type: 'pause' }, 'test'), 422);
  assert.is(await status('main', ended.id, { type: 'resume', inputs: { fields: {}, files: [] } }, 'test'), 409);
  assert.is(await status('main', ended.id, { type: 'restart' }, 'test'), 422);
  assert.is(await status('main', ended.id, { type: 'kill', cascade: false }, 'test'), 409);
  assert.is(await status('main', 'nobody', { type: 'kill', cascade: true }, 'test'), 404);
});

test('EN4 the stored journal replays to the stored rows', async () => {
  engine.publish('journaled', `tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: [1, 2, 3]\n    concurrencyLimit: 2\n    tasks:\n      - id: show\n        type: io.kestra.plugin.core.debug.Return\n        format: "{{ taskrun.value }} {{ uuid() }}"\n  - id: choose\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ randomInt(0, 2) == 0 or secret('PASS') == 'x' }}"\n    then:\n      - id: yes\n        type: io.kestra.plugin.core.log.Log\n        message: yes\n`);
  for (let round = 0; round < 4; round += 1) {
    const ended = await engine.start('journaled');
    const { rows, replayed, journal } = engine.replayed(ended.id);
    assert.is(replayed, rows);
    assert.ok(journal.length > 4);
    assert.not.ok(JSON.stringify(journal).includes('hunter2'));
  }
});

test('what the engine itself writes to a log does not show a secret', async () => {
  engine.publish('leaky', `tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: "{{ secret('PASS') }}"\n    tasks:\n      - id: show\n        type: io.kestra.plugin.core.log.Log\n        message: hi\n`);
  const ended = await engine.start('leaky');
  assert.is(ended.state.current, 'FAILED');
  const lines = engine.logLines(ended.id).join('\n');
  assert.match(lines, 'must be a list');
  assert.not.ok(lines.includes('hunter2'), lines);
});

test('with a limit of one, queued executions run one after the other in the order of their creation', async () => {
  engine.publish('narrow', 'concurrency:\n  limit: 1\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n    delay: PT0.05S\n');
  const started = await Promise.all(Array.from({ length: 5 }, () => engine.start('narrow', { wait: false })));
  const ended = await Promise.all(started.map((one) => engine.until(one.id, (execution) => execution.state.current === 'SUCCESS')));
  const spans = ended.map((one) => ({ from: one.state.histories.find((change) => change.state === 'RUNNING')?.date ?? '', to: one.state.endDate ?? '' }));
  for (const [index, span] of spans.entries()) if (index > 0) assert.ok(span.from >= (spans[index - 1]?.to ?? ''), JSON.stringify(spans));
});

test('deleting a running execution ends its tasks, and a parent that waits for it goes on', async () => {
  engine.publish('long', 'tasks:\n  - id: sleep\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1H\n');
  engine.publish('waiting', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: long\n');
  const parent = await engine.start('waiting', { wait: false });
  const seen = await engine.until(parent.id, (execution) => execution.taskRunList?.[0]?.outputs['executionId'] !== undefined);
  const childId = String(seen.taskRunList?.[0]?.outputs['executionId']);
  await engine.until(childId, (execution) => execution.taskRunList?.[0]?.state.current === 'RUNNING');
  const reply = await engine.executor.command('main', childId, { type: 'delete', logs: true, metrics: true, files: true }, 'test');
  assert.ok(reply.ok);
  await engine.until(parent.id, (execution) => execution.state.current === 'KILLED');
  await engine.quiet();
  assert.is(engine.stored(childId), undefined);
});

test('a Subflow that cannot start fails its task with the reason, and leaves no child behind', async () => {
  engine.publish('lost', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: nowhere\n');
  const ended = await engine.start('lost');
  assert.is(ended.state.current, 'FAILED');
  assert.equal(ended.taskRunList?.[0]?.outputs, {});
  assert.match(engine.logLines(ended.id).join('\n'), "Unable to find flow 'test'.'nowhere'");
});

test('labels that are set later are merged by key into those that are there', async () => {
  engine.publish('labelled', `labels:\n  team: a\ntasks:\n${log('x')}`);
  const ended = await engine.start('labelled');
  const reply = await engine.executor.command('main', ended.id, { type: 'setLabels', labels: [{ key: 'team', value: 'b' }, { key: 'more', value: 'c' }, { key: '', value: '' }] }, 'test');
  assert.ok(reply.ok);
  assert.equal(engine.stored(ended.id)?.labels, [{ key: 'team', value: 'b' }, { key: 'system.correlationId', value: ended.id }, { key: 'more', value: 'c' }]);
});

test('a parent waits for the last attempt of a child that is retried as a new execution', async () => {
  engine.publish('stubborn', 'labels:\n  kind: child\nretry:\n  type: constant\n  interval: PT0.05S\n  maxAttempt: 2\n  behavior: CREATE_NEW_EXECUTION\ntasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n');
  engine.publish('patient', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: stubborn\n');
  const ended = await engine.start('patient');
  assert.is(ended.state.current, 'FAILED');
  const tried = engine.executionsOf('stubborn');
  assert.equal(tried.map((one) => one.state.current).sort(), ['FAILED', 'RETRIED']);
  assert.is(ended.taskRunList?.[0]?.outputs['executionId'], tried.find((one) => one.state.current === 'FAILED')?.id);
  for (const one of tried) assert.is(one.labels.filter((label) => label.key === 'kind').length, 1);
});

test('a running task whose state is set by a person ends, its late result is dropped, and the execution goes on', async () => {
  engine.publish('stuck', `tasks:\n  - id: sleep\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1H\n${log('after')}`);
  const started = await engine.start('stuck', { wait: false });
  const running = await engine.until(started.id, (execution) => execution.taskRunList?.[0]?.state.current === 'RUNNING');
  const reply = await engine.executor.command('main', started.id, { type: 'changeTaskRunState', taskRunId: running.taskRunList?.[0]?.id ?? '', state: 'SUCCESS' }, 'test');
  assert.ok(reply.ok);
  const ended = await engine.until(started.id, (execution) => execution.state.current === 'SUCCESS');
  assert.equal(ended.taskRunList?.map((one) => one.taskId), ['sleep', 'after']);
  await engine.quiet();
});

test('a restart on another revision that has nothing to restart leaves no copy behind', async () => {
  engine.publish('revised', `tasks:\n${log('a')}`);
  const ended = await engine.start('revised');
  engine.publish('revised', `tasks:\n${log('a')}${log('b')}`);
  const reply = await engine.executor.command('main', ended.id, { type: 'restart', revision: engine.revision() }, 'test');
  assert.is(reply.ok ? 200 : reply.problem.status, 422);
  assert.is(engine.executionsOf('revised').length, 1);
});

test('EN5 after SIGKILL every acknowledged execution goes on to its end, delays, retries and subflows included, and its journal still replays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-crash-'));
  const acknowledged: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./crash.child.ts', import.meta.url)), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    const before = acknowledged.length;
    await new Promise<void>((resolve) => child.stdout.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      acknowledged.push(...lines.filter((line) => line.length === 22));
      if (acknowledged.length - before >= 200) resolve();
    }));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const again = await testEngine({ folder });
  try {
    for (const id of acknowledged) {
      const ended = await again.until(id, (execution) => execution.state.current === 'SUCCESS', 30_000);
      assert.is(ended.taskRunList?.length, 4, id);
      const { rows, replayed } = again.replayed(id);
      assert.is(replayed, rows, id);
    }
  } finally {
    await again.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
