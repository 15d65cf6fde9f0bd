// What tasks change in the engine's stores: KV, states, purging, switching triggers; and what retention takes away.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution } from '../../core/protocol/entities/execution.ts';
import { testEngine, type TestEngine } from './testing-engine.ts';

const core = 'io.kestra.plugin.core';
const flow = (tasks: string): string => `tasks:\n${tasks.split('\n').map((line) => `  ${line}`).join('\n')}\n`;
const outputsOf = (execution: Execution, taskId: string): Readonly<Record<string, unknown>> | undefined => execution.taskRunList?.find((run) => run.taskId === taskId)?.outputs;
const stateOf = (execution: Execution): string => execution.state.current;

let engine: TestEngine;
test.before(async () => { engine = await testEngine(); });
test.after(() => engine.discard());

test('a value that one task sets is read by the next, with its type; and deleted', async () => {
  engine.publish('kv', flow(`- id: set
  type: ${core}.kv.Set
  key: answer
  value: "{{ {'a': 42} }}"
- id: get
  type: ${core}.kv.Get
  key: answer
- id: read
  type: ${core}.debug.Return
  format: "{{ kv('answer').a + 1 }}"
- id: keys
  type: ${core}.kv.GetKeys
  prefix: an
- id: delete
  type: ${core}.kv.Delete
  key: answer
- id: gone
  type: ${core}.kv.Get
  key: answer`));
  const execution = await engine.start('kv');
  assert.is(stateOf(execution), 'SUCCESS', engine.logLines(execution.id).join('\n'));
  assert.equal(outputsOf(execution, 'get'), { value: { a: 42 } });
  assert.equal(outputsOf(execution, 'read'), { value: '43' });
  assert.equal(outputsOf(execution, 'keys'), { keys: ['answer'] });
  assert.equal(outputsOf(execution, 'delete'), { deleted: true });
  assert.equal(outputsOf(execution, 'gone'), { value: null });
});

test('of many executions that set a key which must not be there, exactly one succeeds', async () => {
  engine.publish('race', flow(`- id: set\n  type: ${core}.kv.Set\n  key: lock\n  value: "{{ execution.id }}"\n  overwrite: false`));
  const ended = await Promise.all(Array.from({ length: 20 }, () => engine.start('race')));
  assert.is(ended.filter((one) => stateOf(one) === 'SUCCESS').length, 1);
  const loser = ended.find((one) => stateOf(one) === 'FAILED');
  assert.match(engine.logLines(loser?.id ?? '').join('\n'), /The key "lock" exists already in the namespace "test", and "overwrite" is false/);
});

test('states of parallel executions are merged, none is lost; a nested map is merged, too', async () => {
  engine.publish('count', `inputs:\n  - id: n\n    type: STRING\n${flow(`- id: set\n  type: ${core}.state.Set\n  name: all\n  data:\n    seen:\n      "{{ inputs.n }}": 1`)}`);
  await Promise.all(Array.from({ length: 20 }, (_, n) => engine.start('count', { inputs: { n: `n${n}` } })));
  const last = await engine.start('count', { inputs: { n: 'last' } });
  assert.equal(outputsOf(last, 'set'), { count: 1, key: 'all' });
  engine.publish('look', flow(`- id: get\n  type: ${core}.state.Get\n  name: all`));
  assert.equal(outputsOf(await engine.start('look'), 'get'), { count: 0, data: {} }, 'a state belongs to its flow');
  engine.publish('count', flow(`- id: get\n  type: ${core}.state.Get\n  name: all`));
  const data = outputsOf(await engine.start('count'), 'get')?.['data'];
  assert.ok(typeof data === 'object' && data !== null && 'seen' in data);
  assert.is(Object.keys(data.seen ?? {}).length, 21);
});

test('purging takes ended executions with their logs and files, and gives the disk back; the own one stays', async () => {
  engine.publish('big', flow(`- id: write\n  type: ${core}.storage.Write\n  content: "x"\n- id: log\n  type: io.kestra.plugin.scripts.shell.Commands\n  taskRunner: {type: ${core}.runner.Process}\n  commands: ["yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -n 2000"]`));
  const big = await engine.start('big');
  const uri = String(outputsOf(big, 'write')?.['uri']);
  const file = join(engine.folder, 'files', uri.slice('kestra:///'.length));
  const logs = (): readonly string[] => readdirSync(join(engine.folder, 'logs', 'main', '0')).filter((name) => name.startsWith(`${number}.`));
  const number = engine.stored(big.id)?.number ?? 0;
  assert.ok(existsSync(file));
  assert.equal(logs(), [`${number}.log`]);
  engine.publish('purge', flow(`- id: purge\n  type: ${core}.execution.PurgeExecutions\n  namespace: test\n  flowId: big\n  endDate: "{{ now() }}"\n- id: again\n  type: ${core}.execution.PurgeExecutions\n  namespace: test\n  flowId: big\n  endDate: "{{ now() }}"`));
  const purge = await engine.start('purge');
  const counts = outputsOf(purge, 'purge');
  assert.is(counts?.['executionsCount'], 1);
  assert.ok(Number(counts?.['logsCount']) >= 2000);
  assert.is(counts?.['storagesCount'], 1);
  assert.equal(outputsOf(purge, 'again'), { executionsCount: 0, logsCount: 0, metricsCount: 0, storagesCount: 0 });
  assert.is(engine.stored(big.id), undefined);
  assert.not(existsSync(file));
  assert.equal(logs(), []);
});

test('very many are purged, and none is left out', async () => {
  engine.publish('small', flow(`- id: say\n  type: ${core}.log.Log\n  message: hi`));
  await Promise.all(Array.from({ length: 450 }, () => engine.start('small')));
  engine.publish('purge-small', flow(`- id: purge\n  type: ${core}.execution.PurgeExecutions\n  namespace: test\n  flowId: small\n  endDate: "{{ now() }}"`));
  assert.equal(outputsOf(await engine.start('purge-small'), 'purge'), { executionsCount: 450, logsCount: 450, metricsCount: 0, storagesCount: 0 });
  assert.equal(engine.executionsOf('small'), []);
});

test('a log that was kept when its execution was purged is found by PurgeLogs', async () => {
  engine.publish('kept', flow(`- id: say\n  type: ${core}.log.Log\n  message: [one, two]`));
  const kept = await engine.start('kept');
  engine.publish('purge-kept', flow(`- id: execution\n  type: ${core}.execution.PurgeExecutions\n  flowId: kept\n  endDate: "{{ now() }}"\n  purgeLog: false\n- id: warn\n  type: ${core}.log.PurgeLogs\n  executionId: ${kept.id}\n  logLevels: WARN\n  endDate: "{{ now() }}"\n- id: logs\n  type: ${core}.log.PurgeLogs\n  executionId: ${kept.id}\n  endDate: "{{ now() }}"\n- id: again\n  type: ${core}.log.PurgeLogs\n  executionId: ${kept.id}\n  endDate: "{{ now() }}"`));
  const purge = await engine.start('purge-kept');
  assert.equal(outputsOf(purge, 'execution'), { executionsCount: 1, logsCount: 0, metricsCount: 0, storagesCount: 0 });
  assert.equal(['warn', 'logs', 'again'].map((id) => outputsOf(purge, id)?.['count']), [0, 2, 0]);
});

test('lines of some levels leave a log, also a long one, and the rest stays in order', async () => {
  engine.publish('levels', flow(`- id: log\n  type: io.kestra.plugin.scripts.shell.Commands\n  taskRunner: {type: ${core}.runner.Process}\n  commands: ["for i in $(seq 1 1200); do echo \\"info $i aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\"; echo \\"warn $i aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\" >&2; done"]`));
  const long = await engine.start('levels');
  const before = engine.logLines(long.id);
  engine.publish('purge-logs', flow(`- id: purge\n  type: ${core}.log.PurgeLogs\n  namespace: test\n  flowId: levels\n  logLevels: [WARN, ERROR]\n  endDate: "{{ now() }}"\n- id: fetch\n  type: ${core}.log.Fetch\n  executionId: ${long.id}\n- id: all\n  type: ${core}.log.PurgeLogs\n  executionId: ${long.id}\n  endDate: "{{ now() }}"`));
  const purge = await engine.start('purge-logs');
  const warned = before.filter((line) => line.startsWith('warn ')).length;
  assert.is(warned, 1200);
  assert.is(outputsOf(purge, 'purge')?.['count'], warned);
  assert.is(outputsOf(purge, 'fetch')?.['size'], before.length - warned);
  assert.is(outputsOf(purge, 'all')?.['count'], before.length - warned);
  assert.equal(engine.logLines(long.id), []);
  assert.is(stateOf(await engine.until(long.id, () => true)), 'SUCCESS');
});

test('a trigger is switched by a task, of this flow and of none that does not exist', async () => {
  engine.publish('toggle', `${flow(`- id: off\n  type: ${core}.trigger.Toggle\n  trigger: hourly`)}triggers:\n  - id: hourly\n    type: ${core}.trigger.Schedule\n    cron: "0 0 1 1 *"\n`);
  await engine.untilTrigger('toggle', 'hourly', (row) => row !== undefined);
  assert.is(stateOf(await engine.start('toggle')), 'SUCCESS');
  assert.is((await engine.untilTrigger('toggle', 'hourly', (row) => row?.disabled === true))?.disabled, true);
  engine.publish('toggle-none', flow(`- id: off\n  type: ${core}.trigger.Toggle\n  trigger: nothing`));
  assert.is(stateOf(await engine.start('toggle-none')), 'FAILED');
});

test('a templated task runs in the place of its task; what is no such task fails with why', async () => {
  engine.publish('templated', `inputs:\n  - id: spec\n    type: STRING\n${flow(`- id: run\n  type: ${core}.templating.TemplatedTask\n  spec: "{{ inputs.spec }}"`)}`);
  const ran = await engine.start('templated', { inputs: { spec: `type: ${core}.debug.Return\nformat: "made {{ flow.id }}"` } });
  assert.equal(outputsOf(ran, 'run'), { value: 'made templated' });
  for (const [spec, why] of [
    ['type: [', /no YAML/], ['hello', /no map with a "type"/], [`type: ${core}.flow.Sequential\ntasks: []`, /not valid|gives a flow its structure/], [`type: ${core}.debug.Return\nformatt: x`, /formatt/],
    [`type: ${core}.templating.TemplatedTask\nspec: x`, /TemplatedTask again/],
  ] as const) {
    const failed = await engine.start('templated', { inputs: { spec } });
    assert.is(stateOf(failed), 'FAILED');
    assert.match(engine.logLines(failed.id).join('\n'), why, spec);
  }
});

test('a namespace, flow or key that no one could have is refused with its name, and nothing happens', async () => {
  const bad = 'test\\u0000kv';
  for (const [type, properties] of [
    ['kv.Get', `key: k\n  namespace: "${bad}"`], ['kv.GetKeys', `namespace: "${bad}"`], ['kv.Set', `key: k\n  value: 1\n  namespace: "${bad}"`], ['kv.Set', 'key: "a b"\n  value: 1'], ['kv.Delete', `key: k\n  namespace: "${bad}"`],
    ['execution.Count', `namespaces: ["${bad}"]\n  startDate: "2020-01-01"\n  expression: "true"`], ['log.Fetch', `namespace: "${bad}"`], ['log.PurgeLogs', `namespace: test\n  flowId: "${bad}"\n  endDate: "{{ now() }}"`],
    ['execution.PurgeExecutions', `namespace: "${bad}"\n  endDate: "{{ now() }}"`], ['trigger.Toggle', `namespace: "${bad}"\n  flowId: x\n  trigger: y`], ['namespace.DownloadFiles', `namespace: "${bad}"\n  files: "**"`],
  ] as const) {
    engine.publish('bad', flow(`- id: task\n  type: ${core}.${type}\n  ${properties}`));
    const execution = await engine.start('bad');
    assert.is(stateOf(execution), 'FAILED', `${type}: ${JSON.stringify(outputsOf(execution, 'task'))}`);
    assert.match(engine.logLines(execution.id).join('\n'), /must hold only|must begin with|hold only letters/, type);
  }
});

test('executions are counted, and the files of namespaces go up, down and away', async () => {
  engine.publish('files', flow(`- id: up\n  type: ${core}.namespace.UploadFiles\n  filesMap: {"a/b c.txt": "hello {{ flow.id }}"}\n- id: read\n  type: ${core}.debug.Return\n  format: "{{ read('a/b c.txt') }} {{ fileSize('a/b c.txt') }} {{ fileExists('none') }} {{ isFileEmpty('a/b c.txt', 'test') }} {{ fileURI('a/b c.txt') }}"\n- id: down\n  type: ${core}.namespace.DownloadFiles\n  files: ["a/**"]\n- id: delete\n  type: ${core}.namespace.DeleteFiles\n  files: ["**"]\n- id: count\n  type: ${core}.execution.Count\n  flows: [{namespace: test, flowId: files}]\n  startDate: "2020-01-01"\n  expression: "{{ count == 1 }}"`));
  const execution = await engine.start('files');
  assert.is(stateOf(execution), 'SUCCESS', engine.logLines(execution.id).join('\n'));
  assert.equal(outputsOf(execution, 'read'), { value: 'hello files 11 false false kestra:///test/_files/a/b%20c.txt' });
  assert.equal(Object.keys(outputsOf(execution, 'down')?.['files'] ?? {}), ['a/b c.txt']);
  assert.equal(outputsOf(execution, 'delete'), { files: ['a/b c.txt'] });
  assert.equal(outputsOf(execution, 'count'), { results: [{ namespace: 'test', flowId: 'files', count: 1 }], total: 1 });
});

test.run();
