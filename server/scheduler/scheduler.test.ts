import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TriggerCommand } from '../executor/contract.ts';
import { testEngine, type TestEngine } from '../executor/testing-engine.ts';

const everySecond = (id: string, more = ''): string => `triggers:\n  - id: ${id}\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "* * * * * *"\n    withSeconds: true\n${more}`;
const show = 'tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ trigger.date }} {{ labels.from ?? \'\' }}"\n';
const webhook = (more = ''): string => `triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: the-key\n${more}`;

let engine: TestEngine;
test.before(async () => { engine = await testEngine(); });
test.after(async () => { await engine.discard(); });

const command = (flowId: string, triggerId: string, asked: TriggerCommand) => engine.executor.commandTrigger('main', { namespace: 'test', flowId, triggerId }, asked, 'Ada');
const call = (flowId: string, body: unknown = null, key = 'the-key') => engine.executor.webhook({ tenant: 'main', namespace: 'test', flowId, key, body, headers: { 'x-from': ['a'] }, parameters: { name: ['john'] }, afterFrontCommit: 0 });

test('a schedule starts its flow at its date, with the date and its labels', async () => {
  engine.publish('ticking', `${show}${everySecond('tick', '    labels:\n      from: clock\n')}`);
  const ended = await engine.untilAny('ticking', (execution) => execution.state.current === 'SUCCESS');
  assert.is(ended.trigger?.id, 'tick');
  const date = String(ended.trigger?.variables['date']);
  assert.is(ended.taskRunList?.[0]?.outputs['value'], `${date} clock`);
  assert.is(Date.parse(date) % 1000, 0);
  engine.publish('ticking', show);
  await engine.untilTrigger('ticking', 'tick', (row) => row === undefined);
});

test('a schedule waits while its last execution runs, can be unlocked, and is switched off', async () => {
  engine.publish('held', `tasks:\n  - id: gate\n    type: io.kestra.plugin.core.flow.Pause\n${everySecond('tick')}`);
  const paused = await engine.untilAny('held', (execution) => execution.state.current === 'PAUSED');
  const row = await engine.untilTrigger('held', 'tick', (one) => one?.executionId !== undefined);
  assert.is(row?.executionId, paused.id);
  const off = await command('held', 'tick', { type: 'setDisabled', disabled: true });
  assert.ok(off.ok && off.value.disabled);
  const unlocked = await command('held', 'tick', { type: 'unlock' });
  assert.ok(unlocked.ok && !unlocked.value.locked);
  const again = await command('held', 'tick', { type: 'unlock' });
  assert.is(again.ok ? 200 : again.problem.status, 409);
  const unknown = await command('held', 'nobody', { type: 'setDisabled', disabled: true });
  assert.is(unknown.ok ? 200 : unknown.problem.status, 404);
});

test('a schedule that cannot start its flow leaves a failed execution that says why', async () => {
  engine.publish('needy', `inputs:\n  - id: who\n    type: STRING\n${show}${everySecond('tick')}`);
  const failed = await engine.untilAny('needy', (execution) => execution.state.current === 'FAILED');
  assert.match(engine.logLines(failed.id).join('\n'), /"tick" could not start this execution: .*`who`/);
  engine.publish('needy', show);
});

test('a condition that does not hold starts nothing, but the date moves on', async () => {
  engine.publish('picky', `${show}${everySecond('tick', '    conditions:\n      - type: io.kestra.plugin.core.condition.Expression\n        expression: "{{ false }}"\n')}`);
  await engine.untilTrigger('picky', 'tick', (row) => row?.dateMs !== undefined);
  assert.equal(engine.executionsOf('picky'), []);
  engine.publish('picky', show);
});

test('a disabled trigger, by its source, does not fire', async () => {
  engine.publish('off', `${show}${everySecond('tick', '    disabled: true\n')}`);
  const row = await engine.untilTrigger('off', 'tick', (one) => one !== undefined);
  assert.ok(row?.sourceDisabled);
  await engine.untilTrigger('held', 'tick', () => true);
  assert.equal(engine.executionsOf('off'), []);
});

test('a webhook starts its flow with body, headers and parameters; a wrong key, a missing flow and a false condition start nothing', async () => {
  engine.publish('hooked', `tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ trigger.body.a }} {{ trigger.parameters.name[0] }}"\n${webhook('    conditions:\n      - type: io.kestra.plugin.core.condition.Expression\n        expression: "{{ trigger.body.a == 1 }}"\n')}`);
  const started = await call('hooked', { a: 1 });
  assert.ok(started.ok && started.value !== undefined);
  const ended = await engine.until(started.ok && started.value !== undefined ? started.value.execution.id : '', (execution) => execution.state.current === 'SUCCESS');
  assert.is(ended.taskRunList?.[0]?.outputs['value'], '1 john');
  const refused = await call('hooked', { a: 2 });
  assert.ok(refused.ok && refused.value === undefined);
  const wrong = await call('hooked', { a: 1 }, 'another');
  assert.is(wrong.ok ? 200 : wrong.problem.status, 404);
  const nowhere = await call('nowhere', { a: 1 });
  assert.ok(!nowhere.ok && nowhere.problem.message.includes('Flow not found'));
});

test('a webhook with `wait` is answered at the end of its execution', async () => {
  engine.publish('waited', `${show.replace('trigger.date', 'trigger.body')}${webhook('    wait: true\n')}`);
  const answer = await call('waited', 'hello');
  assert.is(answer.ok ? answer.value?.execution.state.current : answer.problem.message, 'SUCCESS');
});

test('a webhook that is switched off is not found, and a disabled flow is refused', async () => {
  engine.publish('switched', `${show.replace('trigger.date', "'x'")}${webhook()}`);
  await engine.untilTrigger('switched', 'hook', (row) => row !== undefined);
  await command('switched', 'hook', { type: 'setDisabled', disabled: true });
  const answer = await call('switched');
  assert.is(answer.ok ? 200 : answer.problem.status, 404);
});

test('of the dates that a stopped server has missed, NONE runs none and LAST only the newest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-missed-'));
  const first = await testEngine({ folder });
  first.publish('none', `${show}${everySecond('tick', '    recoverMissedSchedules: NONE\n    conditions:\n      - type: io.kestra.plugin.core.condition.Expression\n        expression: "{{ false }}"\n')}`);
  const row = await first.untilTrigger('none', 'tick', (one) => one?.nextAtMs !== undefined);
  await first.close();
  const stoppedAtMs = Date.now();
  while (Date.now() < stoppedAtMs + 2100) await new Promise((resolve) => setImmediate(resolve));
  const second = await testEngine({ folder });
  try {
    const next = await second.untilTrigger('none', 'tick', (one) => one?.nextAtMs !== undefined && one.nextAtMs > stoppedAtMs + 1000);
    assert.ok((row?.nextAtMs ?? 0) < stoppedAtMs + 1000);
    assert.ok((next?.dateMs ?? 0) < stoppedAtMs + 500 || (next?.dateMs ?? 0) > stoppedAtMs + 2000, 'no missed date was served');
  } finally {
    await second.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
