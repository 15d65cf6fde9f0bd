/** Triggers of plugins in the threads of a real engine, and calls of webhooks in all their forms. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TriggerCommand, WebhookCall } from '../executor/contract.ts';
import { testEngine, type TestEngine } from '../executor/testing-engine.ts';

let engine: TestEngine;
test.before(async () => { engine = await testEngine({ secrets: { SECRET_KEY: Buffer.from('hidden').toString('base64') } }); });
test.after(async () => { await engine.discard(); });

const show = (format: string): string => `tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "${format}"\n`;
const polling = (find: string, more = ''): string => `triggers:\n  - id: poll\n    type: io.ensemble.plugin.test.PollingTrigger\n    interval: PT1S\n    find: "${find}"\n${more}`;
const command = (flowId: string, triggerId: string, asked: TriggerCommand) => engine.executor.commandTrigger('main', { namespace: 'test', flowId, triggerId }, asked, 'Ada');
const call = (flowId: string, more: Partial<WebhookCall> = {}) => engine.executor.webhook({ tenant: 'main', namespace: 'test', flowId, key: 'the-key', body: null, headers: {}, parameters: {}, afterFrontCommit: 0, ...more });
const webhook = (more = ''): string => `triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: the-key\n${more}`;

test('what a polling trigger finds starts an execution, and while that runs it is not asked again', async () => {
  engine.publish('polled', `tasks:\n  - id: gate\n    type: io.kestra.plugin.core.flow.Pause\n${polling('gold')}`);
  const paused = await engine.untilAny('polled', (execution) => execution.state.current === 'PAUSED');
  assert.equal(paused.trigger, { id: 'poll', type: 'io.ensemble.plugin.test.PollingTrigger', variables: { value: 'gold' } });
  const row = await engine.untilTrigger('polled', 'poll', (one) => one?.executionId === paused.id && one.evaluateRunningAtMs === undefined);
  assert.ok(row?.nextAtMs !== undefined && row.nextAtMs > (row.evaluatedAtMs ?? 0));
  await engine.untilTrigger('polled', 'poll', (one) => (one?.nextAtMs ?? 0) <= Date.now() || one?.executionId === undefined).catch(() => undefined);
  assert.is(engine.executionsOf('polled').length, 1);
  await engine.executor.command('main', paused.id, { type: 'kill', cascade: false }, 'Ada');
  const second = await engine.untilAny('polled', (execution) => execution.id !== paused.id);
  assert.is(second.trigger?.variables['value'], 'gold');
  engine.publish('polled', show('x'));
});

test('nothing found starts nothing; an error is the trigger\'s problem, or with failOnTriggerError a failed execution', async () => {
  engine.publish('idle', `${show('x')}${polling('')}`);
  await engine.untilTrigger('idle', 'poll', (one) => one?.evaluatedAtMs !== undefined && one.evaluateRunningAtMs === undefined && one.nextAtMs !== undefined);
  engine.publish('bad', `${show('x')}${polling('fail')}`);
  const row = await engine.untilTrigger('bad', 'poll', (one) => one?.problem !== undefined);
  assert.is(row?.problem, 'There is nothing to look into');
  assert.equal(engine.executionsOf('bad'), []);
  engine.publish('failing', `${show('x')}${polling('fail', '    failOnTriggerError: true\n')}`);
  const failed = await engine.untilAny('failing', (execution) => execution.state.current === 'FAILED');
  assert.match(engine.logLines(failed.id).join('\n'), /The trigger "poll" could not start this execution: There is nothing to look into/);
  assert.equal(engine.executionsOf('idle'), []);
  for (const id of ['idle', 'bad', 'failing']) engine.publish(id, show('x'));
});

test('conditions see what it has found; switched off it is not asked', async () => {
  engine.publish('choosy', `${show('{{ trigger.value }}')}${polling('lead', '    when: "{{ trigger.value == \'gold\' }}"\n')}`);
  await engine.untilTrigger('choosy', 'poll', (one) => one?.evaluatedAtMs !== undefined && one.evaluateRunningAtMs === undefined);
  assert.equal(engine.executionsOf('choosy'), []);
  const off = await command('choosy', 'poll', { type: 'setDisabled', disabled: true, reason: 'enough' });
  assert.ok(off.ok && off.value.switched?.reason === 'enough' && off.value.switched.by === 'Ada');
  engine.publish('choosy', show('x'));
});

test('a realtime trigger starts an execution for each message without a lock, and stays', async () => {
  engine.publish('messages', `${show('{{ trigger.number }}')}triggers:\n  - id: queue\n    type: io.ensemble.plugin.test.RealtimeTrigger\n    count: 5\n`);
  await engine.untilAny('messages', (execution) => execution.trigger?.variables['number'] === 5 && execution.state.current === 'SUCCESS');
  assert.equal(engine.executionsOf('messages').map((one) => one.taskRunList?.[0]?.outputs['value'] ?? one.trigger?.variables['number']).map(String).sort(), ['1', '2', '3', '4', '5']);
  const row = await engine.untilTrigger('messages', 'queue', (one) => one?.evaluateRunningAtMs !== undefined);
  assert.is(row?.executionId, undefined);
  const off = await command('messages', 'queue', { type: 'setDisabled', disabled: true });
  assert.ok(off.ok && off.value.evaluateRunningDate === undefined);
  const on = await command('messages', 'queue', { type: 'setDisabled', disabled: false });
  assert.ok(on.ok);
  await engine.untilTrigger('messages', 'queue', (one) => one?.evaluateRunningAtMs !== undefined);
  engine.publish('messages', show('x'));
});

test('a listener that breaks says so and listens again', async () => {
  engine.publish('breaking', `${show('x')}triggers:\n  - id: queue\n    type: io.ensemble.plugin.test.RealtimeTrigger\n    count: 0\n    breaks: true\n`);
  const row = await engine.untilTrigger('breaking', 'queue', (one) => one?.problem !== undefined);
  assert.is(row?.problem, 'the queue has gone away');
  assert.ok(row?.nextAtMs !== undefined && row.nextAtMs > Date.now());
  engine.publish('breaking', show('x'));
});

test('a webhook\'s key may be a secret, and a path may follow it', async () => {
  engine.publish('keyed', `${show('{{ trigger.path }}')}${webhook('').replace('the-key', '"{{ secret(\'KEY\') }}"')}`);
  const wrong = await call('keyed');
  assert.is(wrong.ok ? 200 : wrong.problem.status, 404);
  const right = await call('keyed', { key: 'hidden', path: 'orders' });
  assert.ok(right.ok && right.value !== undefined);
  const ended = await engine.until(right.ok && right.value !== undefined ? right.value.execution.id : '', (execution) => execution.state.current === 'SUCCESS');
  assert.is(ended.taskRunList?.[0]?.outputs['value'], 'orders');
});

test('a webhook that waits answers at the end, with what the trigger says about the answer', async () => {
  engine.publish('answering', `${show('x')}outputs:\n  - id: said\n    type: STRING\n    value: "{{ trigger.body }}"\n${webhook('    wait: true\n    returnOutputs: true\n    responseContentType: text/plain\n    responseCode: 201\n')}`);
  const answer = await call('answering', { body: 'hello' });
  assert.ok(answer.ok && answer.value !== undefined);
  if (!answer.ok || answer.value === undefined) return;
  const { execution, ended, outputs, contentType, code } = answer.value;
  assert.equal([execution.state.current, execution.outputs, ended, outputs, contentType, code], ['SUCCESS', { said: 'hello' }, true, true, 'text/plain', 201]);
});

const upload = (content: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'ensemble-hook-')), 'part');
  writeFileSync(path, content);
  return { name: 'doc', filename: '../a b.txt', contentType: 'text/plain', sizeBytes: content.length, path };
};
test('files of a form are files of the execution; a body that is no text is base64, or a file with fetchType STORE', async () => {
  engine.publish('parts', `${show('{{ trigger.formFields.who }} {{ read(trigger.parts[0].uri) }} {{ trigger.parts[0].filename }}')}${webhook()}`);
  const form = await call('parts', { form: { fields: { who: 'Ada' }, files: [upload('content')] } });
  const first = await engine.until(form.ok && form.value !== undefined ? form.value.execution.id : '', (execution) => execution.state.current === 'SUCCESS' || execution.state.current === 'FAILED');
  assert.is(first.taskRunList?.[0]?.outputs['value'], 'Ada content ../a b.txt');
  assert.match(String((first.trigger?.variables['parts'] as readonly { uri: string }[] | undefined)?.[0]?.uri), /executions\/\w+\/trigger\/0-a b\.txt$/);
  engine.publish('binary', `${show('{{ trigger.body }}')}${webhook()}`);
  const bytes = await call('binary', { blob: upload('\u0001\u0002') });
  const second = await engine.until(bytes.ok && bytes.value !== undefined ? bytes.value.execution.id : '', (execution) => execution.state.current === 'SUCCESS');
  assert.is(second.taskRunList?.[0]?.outputs['value'], 'AQI=');
  engine.publish('stored', `${show('{{ read(trigger.uri) }}')}${webhook('    fetchType: STORE\n')}`);
  const stored = await call('stored', { blob: upload('kept') });
  const third = await engine.until(stored.ok && stored.value !== undefined ? stored.value.execution.id : '', (execution) => execution.state.current === 'SUCCESS' || execution.state.current === 'FAILED');
  assert.is(third.taskRunList?.[0]?.outputs['value'], 'kept');
});

test.run();
