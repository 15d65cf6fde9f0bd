/** The parts of the language that need the whole engine's thread: children that are counted, directories that are shared, what follows the end. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testEngine, type TestEngine } from './testing-engine.ts';

const log = (id: string, more = ''): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n${more}`;
const shell = (id: string, command: string): string => `  - id: ${id}\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Process\n    commands: ['${command}']\n`;
const inside = (text: string): string => text.replace(/^(?=.)/gm, '    ');
let engine: TestEngine;
test.before(async () => { engine = await testEngine(); });
test.after(async () => { await engine.discard(); });

const same = (id: string): void => {
  const { rows, replayed } = engine.replayed(id);
  assert.is(replayed, rows);
};

test('a Loop runs an execution for each item, with its own outputs, and gathers what they say', async () => {
  engine.publish('loop', `inputs:\n  - id: greeting\n    type: STRING\n    defaults: hello\ntasks:\n  - id: before\n    type: io.kestra.plugin.core.debug.Return\n    format: "!"\n  - id: each\n    type: io.kestra.plugin.core.flow.Loop\n    values: [a, b, c]\n    concurrencyLimit: 2\n    outputs:\n      - id: said\n        type: STRING\n        value: "{{ outputs.say.value }}"\n    tasks:\n      - id: say\n        type: io.kestra.plugin.core.debug.Return\n        format: "{{ inputs.greeting }} {{ item.value }}{{ item.index }}{{ outputs.before.value }}"\n  - id: last\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ outputs.each.outputs[2].outputs.said }} of {{ outputs.each.iterationCount }}"\n`);
  const ended = await engine.start('loop');
  assert.is(ended.state.current, 'SUCCESS');
  assert.is(ended.taskRunList?.find((run) => run.taskId === 'last')?.outputs['value'], 'hello c2! of 3');
  assert.is(engine.executionsOf('loop').length, 1, 'iterations are in no list');
  same(ended.id);
});

test('a loop inside a loop knows the item around it, and a failed iteration fails both', async () => {
  engine.publish('nested', `tasks:\n  - id: outer\n    type: io.kestra.plugin.core.flow.Loop\n    values: {x: 1, y: 2}\n    outputs:\n      - id: o\n        type: JSON\n        value: "{{ outputs.inner.outputs }}"\n    tasks:\n      - id: inner\n        type: io.kestra.plugin.core.flow.Loop\n        values: [p]\n        outputs:\n          - id: i\n            type: STRING\n            value: "{{ item.parent.key }}{{ item.value }}"\n        tasks:\n${inside(inside(log('a')))}`);
  const ended = await engine.start('nested');
  assert.is(ended.state.current, 'SUCCESS');
  const outputs = JSON.stringify(ended.taskRunList?.[0]?.outputs['outputs']);
  assert.match(outputs, '"i":"xp"');
  assert.match(outputs, '"i":"yp"');
  engine.publish('failing', 'tasks:\n  - id: l\n    type: io.kestra.plugin.core.flow.Loop\n    values: [a, b]\n    tasks:\n      - id: f\n        type: io.kestra.plugin.core.execution.Fail\n        condition: "{{ item.value == \'a\' }}"\n');
  const failed = await engine.start('failing');
  assert.is(failed.state.current, 'FAILED');
  assert.is(failed.taskRunList?.[0]?.outputs['iterationCount'], 2);
  assert.is(failed.taskRunList?.[0]?.outputs['terminatedIterations'], 1);
});

test('a restarted parent restarts the child that failed, where it failed', async () => {
  engine.publish('fragile', `tasks:\n${log('first')}  - id: second\n    type: io.kestra.plugin.core.execution.Fail\n    condition: "{{ labels.system.restarted is not defined }}"\n`);
  engine.publish('holder', 'tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: test\n    flowId: fragile\n');
  const failed = await engine.start('holder');
  assert.is(failed.state.current, 'FAILED');
  const childId = String(failed.taskRunList?.[0]?.outputs['executionId']);
  const reply = await engine.executor.command('main', failed.id, { type: 'restart' }, 'test');
  assert.ok(reply.ok);
  const ended = await engine.until(failed.id, (execution) => execution.state.current === 'SUCCESS');
  assert.is(ended.taskRunList?.[0]?.outputs['executionId'], childId);
  const child = await engine.until(childId, (execution) => execution.state.current === 'SUCCESS');
  assert.is(child.taskRunList?.find((run) => run.taskId === 'first')?.attempts?.length, 1, 'what had ended well is not done again');
  assert.ok(child.labels.some((label) => label.key === 'system.restarted'));
});

test('tasks of a WorkingDirectory find the files of those before them, and what is asked for is kept', async () => {
  engine.publish('shared', `tasks:\n  - id: dir\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n    inputFiles:\n      name.txt: "{{ flow.id }}"\n    outputFiles: ["out/*.txt"]\n    tasks:\n${inside(shell('write', 'mkdir out && cp name.txt out/a.txt && echo made > plain'))}${inside(shell('read', 'cat plain out/a.txt'))}`);
  const ended = await engine.start('shared');
  assert.is(ended.state.current, 'SUCCESS');
  const outputFiles = ended.taskRunList?.[0]?.outputs['outputFiles'];
  assert.match(JSON.stringify(outputFiles), 'out/a.txt":"kestra:///');
  assert.ok(engine.logLines(ended.id).includes('made'));
  assert.ok(engine.logLines(ended.id).includes('shared'));
  same(ended.id);
});

test('the cache of a WorkingDirectory comes back in the next run, until it is too old', async () => {
  const source = (ttl: string): string => `tasks:\n  - id: dir\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n    cache:\n      ttl: ${ttl}\n      patterns: ["kept/**"]\n    tasks:\n${inside(shell('look', 'cat kept/x || echo nothing; mkdir -p kept; echo again > kept/x'))}`;
  engine.publish('cached', source('PT1H'));
  const first = await engine.start('cached');
  assert.ok(engine.logLines(first.id).includes('nothing'));
  const second = await engine.start('cached');
  assert.ok(engine.logLines(second.id).includes('again'));
  engine.publish('cached', source('PT0S'));
  const third = await engine.start('cached');
  assert.ok(engine.logLines(third.id).includes('nothing'));
});

test('a task with a cache runs once for the same properties, and again for others or when its time is over', async () => {
  engine.publish('once', 'inputs:\n  - id: x\n    type: STRING\ntasks:\n  - id: t\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskCache:\n      enabled: true\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Process\n    commands: [\'echo "::{\\"outputs\\":{\\"n\\":$(date +%s%N)}}::" # {{ inputs.x }}\']\n');
  const value = async (x: string): Promise<unknown> => (await engine.start('once', { inputs: { x } })).taskRunList?.[0]?.outputs['vars'];
  const first = await value('a');
  assert.equal(await value('a'), first);
  assert.not.equal(await value('b'), first);
});

test('a check that does not hold blocks the creation, fails it, or is only told', async () => {
  const source = (behavior: string): string => `inputs:\n  - id: n\n    type: INT\nchecks:\n  - condition: "{{ inputs.n < 10 }}"\n    message: "{{ inputs.n }} is too much"\n    behavior: ${behavior}\ntasks:\n${log('a')}`;
  const create = (id: string) => engine.executor.create({ tenant: 'main', namespace: 'test', flowId: id, inputs: { fields: { n: '12' }, files: [] }, labels: [], wait: true, startedBy: 'test', afterFrontCommit: 0 });
  engine.publish('blocks', source('BLOCK_EXECUTION'));
  const blocked = await create('blocks');
  assert.is(blocked.ok ? '' : blocked.problem.message, 'Invalid entity: 12 is too much');
  assert.is(engine.executionsOf('blocks').length, 0);
  engine.publish('fails', source('FAIL_EXECUTION'));
  const failed = await create('fails');
  assert.is(failed.ok ? failed.value.state.current : '', 'FAILED');
  engine.publish('tells', source('CREATE_EXECUTION'));
  const told = await create('tells');
  assert.is(told.ok ? told.value.state.current : '', 'SUCCESS');
  const checked = await engine.executor.checkInputs({ tenant: 'main', namespace: 'test', flowId: 'tells', inputs: { fields: { n: '12' }, files: [] }, labels: [], startedBy: 'test', afterFrontCommit: 0 });
  assert.equal(checked.ok ? checked.value.checks.map((check) => check.message) : [], ['12 is too much']);
});

test('an execution stops at its breakpoint and goes on when it is told', async () => {
  engine.publish('stops', `tasks:\n${log('a')}${log('b')}`);
  const reply = await engine.executor.create({ tenant: 'main', namespace: 'test', flowId: 'stops', inputs: { fields: {}, files: [] }, labels: [], wait: false, startedBy: 'test', afterFrontCommit: 0, breakpoints: [{ id: 'b' }] });
  assert.ok(reply.ok);
  const id = reply.ok ? reply.value.id : '';
  const stopped = await engine.until(id, (execution) => execution.state.current === 'BREAKPOINT');
  assert.is(stopped.taskRunList?.[1]?.state.current, 'BREAKPOINT');
  const resumed = await engine.executor.command('main', id, { type: 'resumeFromBreakpoint', breakpoints: [] }, 'test');
  assert.ok(resumed.ok);
  await engine.until(id, (execution) => execution.state.current === 'SUCCESS');
  const again = await engine.executor.command('main', id, { type: 'resumeFromBreakpoint', breakpoints: [] }, 'test');
  assert.is(again.ok ? 200 : again.problem.status, 409);
});

test('what was under way at the end of the engine goes on after its next start: afterExecution, a loop, a directory, a round', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-language-'));
  const first = await testEngine({ folder });
  const sleep = (id: string): string => `  - id: ${id}\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1S\n`;
  const flows: Readonly<Record<string, string>> = {
    after: `tasks:\n${log('a')}afterExecution:\n${sleep('b')}`,
    loop: `tasks:\n  - id: l\n    type: io.kestra.plugin.core.flow.Loop\n    values: [1, 2, 3]\n    tasks:\n${inside(sleep('s'))}`,
    directory: `tasks:\n  - id: d\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n    tasks:\n${inside(shell('make', 'echo x > x'))}${inside(shell('use', 'sleep 1; cat x'))}`,
    round: `tasks:\n  - id: r\n    type: io.kestra.plugin.core.flow.LoopUntil\n    condition: "{{ outputs.r.iterationCount == 3 }}"\n    checkFrequency:\n      interval: PT0.5S\n    tasks:\n${inside(log('a'))}`,
  };
  const ids: Record<string, string> = {};
  for (const [id, source] of Object.entries(flows)) first.publish(id, source);
  for (const id of Object.keys(flows)) ids[id] = (await first.start(id, { wait: false })).id;
  await first.until(ids['after'] ?? '', (execution) => execution.state.current === 'SUCCESS' && execution.taskRunList?.[1]?.state.current === 'RUNNING');
  await first.until(ids['directory'] ?? '', (execution) => execution.taskRunList?.find((run) => run.taskId === 'use')?.state.current === 'RUNNING');
  await first.close();
  const second = await testEngine({ folder });
  for (const [id, source] of Object.entries(flows)) second.publish(id, source);
  for (const id of Object.keys(flows)) {
    const ended = await second.until(ids[id] ?? '', (execution) => execution.state.current === 'SUCCESS' && (execution.taskRunList ?? []).every((run) => run.state.endDate !== undefined));
    const { rows, replayed } = second.replayed(ended.id);
    assert.is(replayed, rows, id);
  }
  assert.is((await second.until(ids['loop'] ?? '', () => true)).taskRunList?.[0]?.outputs['terminatedIterations'], 3);
  await second.discard();
});

test.run();
