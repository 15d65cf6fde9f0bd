/** Flow triggers: one execution, several in a window, the later form, and what they start with. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../core/protocol/limits.ts';
import { testScheduler, type TestScheduler } from './testing-scheduler.ts';

const at = (text: string): number => Date.parse(text);
const hour = 3_600_000;
const bench = async (check: (world: TestScheduler) => Promise<void> | void, options: { readonly now?: string; readonly level?: '0.20' | '1.x' } = {}): Promise<void> => {
  const world = await testScheduler({ nowMs: at(options.now ?? '2026-01-05T10:00:00Z'), ...(options.level === undefined ? {} : { level: options.level }) });
  try {
    await check(world);
  } finally {
    await world.close();
  }
};
const flow = (more: string): string => `triggers:\n  - id: after\n    type: io.kestra.plugin.core.trigger.Flow\n${more.split('\n').filter((line) => line !== '').map((line) => `    ${line}`).join('\n')}\n`;
const ofFlow = (name: string): string => `conditions:\n  - type: io.kestra.plugin.core.condition.ExecutionFlow\n    namespace: test\n    flowId: ${name}`;
const count = (world: TestScheduler, flowId = 'b'): number => world.started.filter((one) => one.flowId === flowId).length;

test('a flow starts after another one has ended, with what it is about; not after itself, not before the end', () => bench((world) => {
  world.publish('b', flow(ofFlow('a')));
  world.upstream('a', 'RUNNING');
  world.upstream('other', 'SUCCESS');
  assert.is(count(world), 0);
  const id = world.upstream('a', 'SUCCESS', { outputs: { x: 1 } });
  assert.is(count(world), 1);
  assert.equal(world.started[0]?.request.trigger, { id: 'after', type: 'io.kestra.plugin.core.trigger.Flow', variables: { executionId: id, namespace: 'test', flowId: 'a', flowRevision: 1, state: 'SUCCESS', outputs: { a: { x: 1 }, x: 1 } } });
  world.publish('self', flow(''));
  world.upstream('self', 'SUCCESS');
  assert.is(count(world, 'self'), 0);
}));

test('without `states` a paused execution counts in level 1.x and not in 0.20', async () => {
  for (const [level, expected] of [['1.x', 1], ['0.20', 0]] as const) {
    await bench((world) => {
      world.publish('b', flow(ofFlow('a')));
      world.upstream('a', 'PAUSED');
      assert.is(count(world), expected);
    }, { level });
  }
});

test('`states` choose; a running execution can be chosen', () => bench((world) => {
  world.publish('b', flow(`states: [RUNNING]\n${ofFlow('a')}`));
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 0);
  world.upstream('a', 'RUNNING');
  assert.is(count(world), 1);
}));

test('inputs and labels are rendered in the context of the other execution; what can not be rendered starts nothing and is told', () => bench((world) => {
  world.publish('b', `inputs:\n  - id: n\n    type: INT\n${flow(`${ofFlow('a')}\ninputs:\n  n: "{{ trigger.outputs.x }}"\nlabels:\n  from: "{{ flowId }}"`)}`);
  world.upstream('a', 'SUCCESS', { outputs: { x: 7 }, labels: [{ key: 'system.correlationId', value: 'chain' }] });
  assert.equal(world.started[0]?.request.inputs, { n: 7 });
  assert.equal(world.started[0]?.request.labels, [{ key: 'from', value: 'a' }, { key: 'system.correlationId', value: 'chain' }]);
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 1);
  assert.match(world.log('b', 'after').join('\n'), /WARN test\.a is SUCCESS, but nothing is started: .*outputs/);
}));

const multiple = (more = ''): string => `conditions:\n  - type: io.kestra.plugin.core.condition.MultipleCondition\n    id: both\n    window: PT6H\n${more}    conditions:\n      one:\n        type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: test\n        flowId: a\n      two:\n        type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: test\n        flowId: c`;

test('a MultipleCondition gathers in a window, fires once complete, and begins anew', () => bench(async (world) => {
  world.publish('b', flow(multiple()));
  world.upstream('a', 'SUCCESS');
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 0);
  await world.restart();
  const last = world.upstream('c', 'SUCCESS');
  assert.is(count(world), 1, 'what was gathered outlives a restart');
  assert.is(world.started[0]?.request.trigger?.variables['executionId'], last);
  world.upstream('c', 'SUCCESS');
  assert.is(count(world), 1);
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 2);
}));

test('results of another window do not count; resetOnSuccess false fires again for each further one', () => bench((world) => {
  world.publish('b', flow(multiple()));
  world.publish('again', flow(multiple('    resetOnSuccess: false\n')));
  world.upstream('a', 'SUCCESS');
  world.ambient.advance(3 * hour);
  world.upstream('c', 'SUCCESS');
  assert.is(count(world), 0, 'another six hours have begun at noon');
  world.upstream('a', 'SUCCESS');
  world.upstream('c', 'SUCCESS');
  assert.is(count(world, 'b'), 1);
  assert.is(count(world, 'again'), 2);
}));

const preconditions = (window: string): string => `preconditions:\n  id: p\n  timeWindow:\n${window.split('\n').map((line) => `    ${line}`).join('\n')}\n  flows:\n    - namespace: test\n      flowId: a\n      states: [SUCCESS]\n    - namespace: test\n      flowId: c\n      labels:\n        kind: real\n`;

test('preconditions: flows with their states and labels, in a sliding window', () => bench((world) => {
  world.publish('b', flow(preconditions('type: SLIDING_WINDOW\nwindow: PT1H')));
  world.upstream('a', 'FAILED');
  world.upstream('c', 'SUCCESS');
  world.upstream('c', 'SUCCESS', { labels: [{ key: 'kind', value: 'real' }] });
  assert.is(count(world), 0);
  world.ambient.advance(2 * hour);
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 0, 'the other one is too long ago');
  world.upstream('c', 'SUCCESS', { labels: [{ key: 'kind', value: 'real' }] });
  assert.is(count(world), 1);
}));

test('preconditions in the hours of a day, and before a deadline', () => bench((world) => {
  world.publish('b', flow(preconditions('type: DAILY_TIME_WINDOW\nstartTime: "09:00:00"\nendTime: "11:00:00"')));
  world.publish('d', flow(preconditions('type: DAILY_TIME_DEADLINE\ndeadline: "13:00:00"')));
  const real = { labels: [{ key: 'kind', value: 'real' }] };
  world.upstream('a', 'SUCCESS');
  world.ambient.advance(2 * hour);
  world.upstream('c', 'SUCCESS', real);
  assert.is(count(world, 'b'), 0);
  assert.is(count(world, 'd'), 1);
}));

test('where filters: fields, types and operands', () => bench((world) => {
  const where = (filters: string, operand = 'AND'): string => `preconditions:\n  id: w\n  where:\n    - id: one\n      operand: ${operand}\n      filters:\n${filters.split('\n').map((line) => `        ${line}`).join('\n')}\n`;
  world.publish('prefix', flow(where('- field: FLOW_ID\n  type: STARTS_WITH\n  value: ord')));
  world.publish('states', flow(where('- field: STATE\n  type: IN\n  values: [FAILED, KILLED]\n- field: NAMESPACE\n  type: EQUAL_TO\n  value: test')));
  world.publish('either', flow(where('- field: FLOW_ID\n  type: EQUAL_TO\n  value: nothing\n- field: EXPRESSION\n  type: IS_TRUE\n  value: "{{ labels.hot == \'yes\' }}"', 'OR')));
  world.publish('regex', flow(where('- field: FLOW_ID\n  type: REGEX\n  value: "or.*s"')));
  world.upstream('orders', 'FAILED', { labels: [{ key: 'hot', value: 'yes' }] });
  // What they start ends as well and is looked at, too.
  assert.equal(['prefix', 'states', 'either', 'regex'].map((name) => count(world, name) > 0), [true, true, true, true]);
  const before = world.started.length;
  world.upstream('quiet', 'SUCCESS', { labels: [{ key: 'hot', value: 'no' }] });
  assert.is(world.started.length, before);
}));

const dependsOn = 'dependsOn:\n  - namespace: test\n    flowId: a\n  - namespace: test\n    flowId: c\n  - namespace: test\n    flowId: d\n    when: "{{ outputs.rows > 10 }}"\n';
test('dependsOn with modes ALL, ANY and AT_LEAST, and its own `when`', () => bench((world) => {
  world.publish('all', flow(dependsOn));
  world.publish('any', flow(`${dependsOn}mode: ANY`));
  world.publish('two', flow(`${dependsOn}mode: AT_LEAST\nminSatisfied: 2`));
  const counts = (): readonly number[] => ['all', 'any', 'two'].map((name) => count(world, name));
  world.upstream('a', 'SUCCESS');
  assert.equal(counts(), [0, 1, 0]);
  world.upstream('d', 'SUCCESS', { outputs: { rows: 3 } });
  assert.equal(counts(), [0, 1, 0]);
  world.upstream('d', 'SUCCESS', { outputs: { rows: 30 } });
  assert.equal(counts(), [0, 2, 1]);
  world.upstream('c', 'SUCCESS');
  assert.equal(counts(), [1, 3, 1]);
  const all = world.started.find((one) => one.flowId === 'all');
  assert.equal(all?.request.trigger?.variables['outputs'], { d: { rows: 30 } });
}));

test('fireOnce fires once a window; a trigger\'s `when` comes first', () => bench((world) => {
  world.publish('once', flow('dependsOn:\n  - namespace: test\n    flowId: a\nwindow:\n  every: PT1H\n  fireOnce: true'));
  world.publish('never', flow('when: "{{ state == \'FAILED\' }}"\ndependsOn:\n  - namespace: test\n    flowId: a'));
  world.upstream('a', 'SUCCESS');
  world.upstream('a', 'SUCCESS');
  assert.is(count(world, 'once'), 1);
  assert.is(count(world, 'never'), 0);
  world.ambient.advance(hour);
  world.upstream('a', 'SUCCESS');
  assert.is(count(world, 'once'), 2);
}));

test('onMiss leaves a failed execution with its labels when the deadline passes without it, and none when it has fired', () => bench((world) => {
  world.publish('b', flow('dependsOn:\n  - namespace: test\n    flowId: a\nwindow:\n  deadline: "11:00:00"\nonMiss:\n  behavior: FAIL\n  labels:\n    alert: "yes"'));
  assert.is(world.row('b', 'after')?.nextAtMs, at('2026-01-05T11:00:00Z'));
  world.upstream('a', 'SUCCESS');
  world.ambient.advance(2 * hour);
  assert.is(count(world), 1);
  world.ambient.advance(24 * hour);
  assert.is(count(world), 2);
  const missed = world.started[1]?.request;
  assert.match(missed?.refused ?? '', /what it depends on has not come before 2026-01-06T11:00:00.000Z/);
  assert.equal(missed?.labels, [{ key: 'alert', value: 'yes' }]);
}));

test('switched off it fires nothing; conditions that can not be read are told where people look', () => bench((world) => {
  world.publish('b', flow(ofFlow('a')));
  world.scheduler.command('main', { namespace: 'test', flowId: 'b', triggerId: 'after' }, { type: 'setDisabled', disabled: true }, 'Ada');
  world.upstream('a', 'SUCCESS');
  assert.is(count(world), 0);
  world.publish('bad', flow('preconditions:\n  id: none\n  timeWindow:\n    type: DAILY_TIME_DEADLINE\n    deadline: soon\n  flows:\n    - flowId: a'));
  assert.match(world.row('bad', 'after')?.problem ?? '', /"deadline" is "soon"; expected a time of day/);
}));

test('a run of a draft starts nothing', () => bench((world) => {
  world.publish('b', flow(ofFlow('a')));
  world.upstream('a', 'SUCCESS', { draftSource: 'id: a' });
  assert.is(count(world), 0);
}));

test('EN35 two flows that trigger each other come to an end that says why', () => bench((world) => {
  world.publish('b', flow(ofFlow('a')));
  world.publish('a', flow(ofFlow('b')));
  world.upstream('a', 'SUCCESS');
  for (let next = 0; next < world.started.length && next < 500; next += 1) world.end(world.started[next]?.id ?? '');
  assert.is(world.started.length, limits.flowTriggerChainMax);
  const said = [...world.log('a', 'after'), ...world.log('b', 'after')].filter((line) => line.startsWith('ERROR'));
  assert.match(said.join('\n'), /Nothing is started: 100 executions have already started one another by flow triggers, the last one of test\.[ab] .*That is a loop/);
}));

test('EN35 a subflow belongs to the chain of the execution that has started it', () => bench((world) => {
  world.publish('b', flow(ofFlow('sub')));
  const last = world.upstream('a', 'SUCCESS', { metadata: { attemptNumber: 1, originalCreatedAtMs: 0, triggerChain: limits.flowTriggerChainMax } });
  world.upstream('sub', 'SUCCESS', { trigger: { id: 'call', type: 'io.kestra.plugin.core.flow.Subflow', variables: { executionId: last, taskRunId: 't' } } });
  assert.is(count(world), 0);
  assert.match(world.row('b', 'after')?.problem ?? '', /That is a loop/);
}));

test('thousands of flow triggers about other flows cost nothing for a change that is not theirs', () => bench((world) => {
  for (let index = 0; index < 50; index += 1) world.publish(`f${index}`, `triggers:\n${Array.from({ length: 40 }, (_, one) => `  - id: t${one}\n    type: io.kestra.plugin.core.trigger.Flow\n    conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: test\n        flowId: up${index}_${one}\n`).join('')}`);
  world.upstream('warm', 'SUCCESS');
  const begunMs = performance.now();
  for (let index = 0; index < 200; index += 1) world.upstream('someone', 'SUCCESS');
  const eachMs = (performance.now() - begunMs) / 200;
  process.stdout.write(`a change of state beside 2,000 flow triggers of others: ${(eachMs * 1000).toFixed(0)} µs with its parse\n`);
  assert.ok(eachMs < 10);
  assert.is(world.started.length, 0);
}));

test.run();
