/**
 * SIGKILL under a mixed load: creations, webhooks, retries, pauses, subflows, loops, schedules and flow triggers. After the last start
 * everything acknowledged has ended as it must, nothing is stuck, no state was entered twice, no date and no trigger was lost or doubled.
 * A short round in CI; `ENSEMBLE_CHAOS_ROUNDS=50 npm test -- chaos/mixed` for the whole.
 */
import { rm } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startServer, until, type TestServer } from '../harness/server.ts';

const rounds = Number(process.env['ENSEMBLE_CHAOS_ROUNDS'] ?? 2);

interface WireState { readonly current: string; readonly histories: readonly { readonly state: string; readonly date: string }[] }
interface Wire {
  readonly id: string; readonly flowId: string; readonly state: WireState; readonly trigger?: { readonly variables: Readonly<Record<string, unknown>> };
  readonly taskRunList?: readonly { readonly taskId: string; readonly state: WireState; readonly attempts?: readonly unknown[] }[];
}

const log = (id: string): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n`;
const inside = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const flow = (id: string, rest: string): string => `id: ${id}\nnamespace: chaos\n${rest}`;

/** Each with the state that it ends in and how many task runs it has then. */
const flows: Readonly<Record<string, { readonly source: string; readonly state: string; readonly taskRuns: number }>> = {
  plain: { source: flow('plain', `tasks:\n${log('a')}${log('b')}`), state: 'SUCCESS', taskRuns: 2 },
  retrying: { source: flow('retrying', 'tasks:\n  - id: flaky\n    type: io.kestra.plugin.core.execution.Fail\n    condition: "{{ taskrun.attemptsCount < 2 }}"\n    retry:\n      type: constant\n      interval: PT0.3S\n      maxAttempts: 5\n'), state: 'SUCCESS', taskRuns: 1 },
  pausing: { source: flow('pausing', `tasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n    pauseDuration: PT0.4S\n${log('b')}`), state: 'SUCCESS', taskRuns: 2 },
  parent: { source: flow('parent', `tasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: chaos\n    flowId: retrying\n${log('b')}afterExecution:\n${log('c')}`), state: 'SUCCESS', taskRuns: 3 },
  looping: { source: flow('looping', `tasks:\n  - id: l\n    type: io.kestra.plugin.core.flow.Loop\n    values: [1, 2, 3]\n    concurrencyLimit: 2\n    tasks:\n${inside(log('a'))}`), state: 'SUCCESS', taskRuns: 1 },
  rounds: { source: flow('rounds', `tasks:\n  - id: r\n    type: io.kestra.plugin.core.flow.LoopUntil\n    condition: "{{ outputs.r.iterationCount == 3 }}"\n    checkFrequency:\n      interval: PT0.2S\n    tasks:\n${inside(log('a'))}`), state: 'SUCCESS', taskRuns: 2 },
  failing: { source: flow('failing', `tasks:\n  - id: f\n    type: io.kestra.plugin.core.execution.Fail\nerrors:\n${log('e')}finally:\n${log('z')}`), state: 'FAILED', taskRuns: 3 },
  hooked: { source: flow('hooked', `tasks:\n${log('a')}triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: secret\n`), state: 'SUCCESS', taskRuns: 1 },
};
const clock = flow('clock', `tasks:\n${log('a')}triggers:\n  - id: each-second\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "* * * * * *"\n    withSeconds: true\n    allowConcurrent: true\n`);
const listener = flow('listener', `tasks:\n${log('a')}triggers:\n  - id: heard\n    type: io.kestra.plugin.core.trigger.Flow\n    states: [SUCCESS]\n    conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: chaos\n        flowId: plain\n`);
const terminal = new Set(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);

async function ask(server: TestServer, id: string): Promise<string> {
  const answer = id === 'hooked' ? await server.request('POST', '/api/v1/executions/webhook/chaos/hooked/secret', { body: '{"a":1}', headers: { 'content-type': 'application/json' } }) : await server.request('POST', `/api/v1/executions/chaos/${id}`);
  if (answer.status !== 200) throw new Error(`${id}: ${answer.status} ${answer.text.slice(0, 200)}`);
  return (answer.json as Wire).id;
}

async function all(server: TestServer, flowId: string): Promise<readonly Wire[]> {
  const found: Wire[] = [];
  for (let page = 1; ; page += 1) {
    const { results, total } = (await server.request('GET', `/api/v1/executions/search?namespace=chaos&flowId=${flowId}&size=500&page=${page}`)).json as { results: readonly Wire[]; total: number };
    found.push(...results);
    if (found.length >= total || results.length === 0) return found;
  }
}

/** One end, at the end; no state twice in a row. */
function isOneLife(state: WireState, what: string): void {
  const states = state.histories.map((change) => change.state);
  for (let index = 1; index < states.length; index += 1) assert.is.not(states[index], states[index - 1], `${what}: ${states.join(' ')}`);
  // A failed attempt that is tried again has been FAILED before.
  assert.is(states.filter((one, index) => terminal.has(one) && states[index + 1] !== 'RETRYING').length, 1, `${what}: ${states.join(' ')}`);
  assert.ok(terminal.has(states[states.length - 1] ?? ''), what);
}

test(`${rounds} rounds of SIGKILL under creations, webhooks, retries, pauses, subflows, loops, schedules and flow triggers`, async () => {
  let server = await startServer();
  const { data } = server;
  for (const { source } of Object.values(flows)) await server.putFlow(source);
  await server.putFlow(listener);
  await server.putFlow(clock);
  const acknowledged = new Map<string, string>();
  const names = Object.keys(flows);
  let turn = 0;
  for (let round = 0; round < rounds; round += 1) {
    const current = server;
    let stop = false;
    const senders = Array.from({ length: 8 }, async () => {
      while (!stop) {
        const id = names[turn % names.length] ?? 'plain';
        turn += 1;
        try {
          acknowledged.set(await ask(current, id), id);
        } catch {
          // Cut off by the kill: nobody was told of it.
          if (!stop) await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 1200 + ((round * 173) % 900)));
    await current.kill9();
    stop = true;
    await Promise.all(senders);
    server = await startServer({ data });
  }
  assert.ok(acknowledged.size > rounds * 20, `the rounds did create: ${acknowledged.size}`);
  await server.putFlow(clock.replace('triggers:\n', 'triggers:\n  - id: other\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: other\n').replace('    allowConcurrent: true\n', '    allowConcurrent: true\n    disabled: true\n'));
  await until('nothing runs any more', async () => ((await server.request('GET', '/api/v1/executions/search?namespace=chaos&state=CREATED,QUEUED,RUNNING,KILLING,RESTARTED,PAUSED,RETRYING&size=1')).json as { readonly total: number }).total, (total) => total === 0, 60_000);
  for (const [id, name] of acknowledged) {
    const expected = flows[name];
    const answer = await server.request('GET', `/api/v1/executions/${id}`);
    assert.is(answer.status, 200, `${name} ${id} was acknowledged`);
    const execution = answer.json as Wire;
    assert.is(execution.state.current, expected?.state, `${name} ${id}`);
    assert.is(execution.taskRunList?.length, expected?.taskRuns, `${name} ${id}: ${JSON.stringify(execution.taskRunList?.map((run) => run.taskId))}`);
    isOneLife(execution.state, `${name} ${id}`);
    for (const run of execution.taskRunList ?? []) isOneLife(run.state, `${name} ${id} ${run.taskId}`);
    if (name === 'retrying') assert.is(execution.taskRunList?.[0]?.attempts?.length, 3, `${id} was tried three times`);
  }
  // Each end of `plain` was heard once.
  const plain = await all(server, 'plain');
  const heard = await until('every end has been heard', () => all(server, 'listener'), (found) => found.length >= plain.length, 30_000);
  const heardOf = heard.map((execution) => String(execution.trigger?.variables['executionId'])).sort();
  assert.equal(heardOf, plain.map((execution) => execution.id).sort());
  // Each second of the clock came once, none is missing.
  const dates = (await all(server, 'clock')).map((execution) => Math.round(Date.parse(String(execution.trigger?.variables['date'])) / 1000)).sort((a, b) => a - b);
  assert.ok(dates.length >= rounds, `${dates.length} dates`);
  for (let index = 1; index < dates.length; index += 1) assert.is((dates[index] ?? 0) - (dates[index - 1] ?? 0), 1, `after ${new Date((dates[index - 1] ?? 0) * 1000).toISOString()}`);
  process.stdout.write(`${acknowledged.size} acknowledged, ${plain.length} heard, ${dates.length} seconds of the clock\n`);
  assert.is(await server.stop(), 0);
  await rm(data, { recursive: true, force: true });
});

test.run();
