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
test.before(async () => { engine = await testEngine(); });
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

test('EN5 after SIGKILL every acknowledged execution goes on to its end, delays included', async () => {
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
      assert.is(ended.taskRunList?.length, 3, id);
    }
  } finally {
    await again.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
