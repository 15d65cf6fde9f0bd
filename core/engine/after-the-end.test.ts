/** What is demanded of an execution as a whole: afterExecution, listeners, service levels, Exit, breakpoints. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTerminal } from '../protocol/states.ts';
import { Driver, succeed, type TaskResult } from './driver.ts';
import { replay } from './journal.ts';

const log = (id: string, more = ''): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n${more}`;
const flow = (tasks: string, more = ''): string => `id: f\nnamespace: n\n${more}tasks:\n${tasks}`;
const failing = (...ids: readonly string[]) => (taskId: string): TaskResult => ({ state: ids.includes(taskId) ? 'FAILED' : 'SUCCESS' });
const replayed = (driver: Driver): string => JSON.stringify(replay(driver.index, driver.journal, { limits: { fuelMax: 200_000, outputCharsMax: 1_000_000, depthMax: 100 } }).ordered());

test('EN14 afterExecution runs when the state is fixed, knows it, and changes nothing of it', () => {
  const driver = new Driver(`${flow(log('a'))}afterExecution:\n${log('bad', '    runIf: "{{ execution.state == \'FAILED\' }}"\n')}${log('good', '    runIf: "{{ execution.state == \'SUCCESS\' }}"\n')}${log('last')}`);
  driver.run(failing('good'));
  assert.equal(driver.states(), { a: 'SUCCESS', bad: 'SKIPPED', good: 'FAILED', last: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
  assert.is(driver.commands.filter((command) => command.type === 'ended').length, 1);
  assert.is(driver.commands.filter((command) => command.type === 'settled').length, 1);
  assert.is(driver.state.header.afterExecution, undefined);
  assert.is(replayed(driver), JSON.stringify(driver.state.ordered()));
});

test('EN14 what runs after the end is taken up again after a crash, and a kill ends it without a new state', () => {
  const source = `${flow(log('a'))}afterExecution:\n${log('b')}`;
  const driver = new Driver(source);
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  assert.equal([...driver.running.values()].map((job) => job.taskId), ['b']);
  driver.send({ type: 'killRequested', atMs: driver.nowMs });
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'KILLED' });
  assert.is(driver.state.header.afterExecution, undefined);
});

test('EN14 a killed execution runs its afterExecution, a refused one does not, and a restart removes its task runs', () => {
  const source = `${flow(log('a'))}afterExecution:\n${log('b')}`;
  const killed = new Driver(source);
  killed.begin();
  killed.send({ type: 'killRequested', atMs: killed.nowMs });
  killed.end(killed.of('a'), { state: 'FAILED' });
  assert.is(killed.ended, 'KILLED');
  assert.equal(killed.states(), { a: 'KILLED', b: 'CREATED' });
  const refused = new Driver(source);
  refused.send({ type: 'refused', atMs: 1, state: 'CANCELLED' });
  assert.equal(refused.states(), {});
  const restarted = new Driver(source);
  restarted.run(failing('a'));
  assert.equal(restarted.states(), { a: 'FAILED', b: 'SUCCESS' });
  restarted.send({ type: 'restartRequested', atMs: restarted.nowMs });
  assert.equal(restarted.states(), { a: 'RESTARTED' });
  restarted.begin();
  restarted.run(succeed);
  assert.equal(restarted.states(), { a: 'SUCCESS', b: 'SUCCESS' });
});

test('EN14 listeners run after the end when their conditions hold', () => {
  const listeners = `listeners:\n  - conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionStatus\n        in: [FAILED]\n    tasks:\n    ${log('onFailure').replaceAll('\n', '\n    ')}\n  - tasks:\n    ${log('always').replaceAll('\n', '\n    ')}\n`;
  const good = new Driver(flow(log('a'), listeners));
  good.run(succeed);
  assert.equal(good.states(), { a: 'SUCCESS', always: 'SUCCESS' });
  const bad = new Driver(flow(log('a'), listeners));
  bad.run(failing('a'));
  assert.equal(bad.states(), { a: 'FAILED', onFailure: 'SUCCESS', always: 'SUCCESS' });
});

const sla = (more: string): string => `sla:\n  - id: s\n${more}`;

test('EN15 a longest duration that passes fails or cancels the execution once, and its running tasks are told to end', () => {
  const driver = new Driver(flow(log('a'), sla('    type: MAX_DURATION\n    behavior: FAIL\n    duration: PT10S\n    labels:\n      late: "yes"\n')));
  driver.begin();
  const due = driver.due.find(({ what }) => what.type === 'sla');
  assert.ok(due);
  assert.is(due.dueAtMs, 1_010_000);
  driver.send({ type: 'delayPassed', atMs: due.dueAtMs, what: due.what });
  assert.is(driver.ended, 'FAILED');
  assert.equal(driver.states(), { a: 'FAILED' });
  assert.ok(driver.commands.some((command) => command.type === 'killTask'));
  assert.equal(driver.state.header.labels.find((label) => label.key === 'late')?.value, 'yes');
  assert.is(driver.send({ type: 'delayPassed', atMs: due.dueAtMs, what: due.what }).type, 'ignored');
  assert.is(driver.send({ type: 'taskEnded', atMs: 2_000_000, taskRunId: driver.of('a'), attempt: 1, state: 'SUCCESS' }).type, 'ignored');
});

test('EN15 an execution that ends in time takes its clock away', () => {
  const driver = new Driver(flow(log('a'), sla('    type: MAX_DURATION\n    behavior: CANCEL\n    duration: PT10S\n')));
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
  assert.ok(driver.commands.some((command) => command.type === 'unschedule' && command.what.type === 'sla'));
});

test('EN15 an assertion that does not hold cancels; with NONE it only labels, once', () => {
  const cancelled = new Driver(flow(log('a'), sla('    type: EXECUTION_ASSERTION\n    behavior: CANCEL\n    assert: "{{ inputs.x == 1 }}"\n')), { inputs: { x: 2 } });
  cancelled.begin();
  assert.is(cancelled.ended, 'CANCELLED');
  const labelled = new Driver(flow(log('a') + log('b'), sla('    type: EXECUTION_ASSERTION\n    behavior: NONE\n    assert: "{{ inputs.x == 1 }}"\n    labels:\n      odd: "yes"\n')), { inputs: { x: 2 } });
  labelled.run(succeed);
  assert.is(labelled.ended, 'SUCCESS');
  assert.is(labelled.logs.filter((line) => line.includes("SLA 's' violated")).length, 1);
  assert.is(labelled.state.header.labels.filter((label) => label.key === 'odd').length, 1);
});

test('EN15 an assertion that can not be rendered says so once and harms nobody', () => {
  const driver = new Driver(flow(log('a') + log('b'), sla('    type: EXECUTION_ASSERTION\n    behavior: FAIL\n    assert: "{{ nothing.at.all }}"\n')));
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
  assert.is(driver.logs.filter((line) => line.includes("SLA 's' can not be evaluated")).length, 1);
});

const exit = (state: string): string => `  - id: out\n    type: io.kestra.plugin.core.execution.Exit\n    state: ${state}\n`;

test('EN16 Exit ends the execution with its state, and what follows never runs', () => {
  for (const state of ['SUCCESS', 'WARNING', 'FAILED', 'CANCELLED', 'KILLED'] as const) {
    const driver = new Driver(`${flow(log('a') + exit(state) + log('b'))}errors:\n${log('e')}`);
    driver.run(succeed);
    assert.is(driver.ended, state);
    assert.equal(driver.states(), { a: 'SUCCESS', out: 'SUCCESS' });
  }
});

test('EN16 what runs beside an Exit is waited for, and enclosing task runs end with it', () => {
  const driver = new Driver(flow(`  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n${log('slow').replace(/^/gm, '    ').trimEnd()}\n${exit('WARNING').replace(/^/gm, '    ').trimEnd()}\n${log('never')}`));
  driver.begin();
  assert.is(driver.ended, 'RUNNING');
  driver.end(driver.of('slow'), { state: 'SUCCESS' });
  assert.is(driver.ended, 'WARNING');
  assert.equal(driver.states(), { p: 'WARNING', slow: 'SUCCESS', out: 'SUCCESS' });
});

test('SetVariables and UnsetVariables change vars for what follows', () => {
  const driver = new Driver(flow(`  - id: set\n    type: io.kestra.plugin.core.execution.SetVariables\n    variables:\n      a:\n        y: 2\n      b: "{{ vars.a.x }}"\n  - id: unset\n    type: io.kestra.plugin.core.execution.UnsetVariables\n    variables: [c]\n${log('end', '    runIf: "{{ vars.a.x == 1 and vars.a.y == 2 and vars.b == 1 and vars.c is not defined }}"\n')}`, 'variables:\n  a:\n    x: 1\n  c: 3\n'));
  driver.run(succeed);
  assert.equal(driver.states(), { set: 'SUCCESS', unset: 'SUCCESS', end: 'SUCCESS' });
  assert.equal(driver.state.header.vars, { a: { x: 1, y: 2 }, b: 1 });
});

test('SetVariables does not overwrite when told not to, and UnsetVariables fails on what is not there', () => {
  const driver = new Driver(flow('  - id: set\n    type: io.kestra.plugin.core.execution.SetVariables\n    overwrite: false\n    variables:\n      a: 2\n', 'variables:\n  a: 1\n'));
  driver.run(succeed);
  assert.is(driver.ended, 'FAILED');
  const missing = new Driver(flow('  - id: unset\n    type: io.kestra.plugin.core.execution.UnsetVariables\n    variables: [b]\n'));
  missing.run(succeed);
  assert.is(missing.ended, 'FAILED');
});

test('EN17 a breakpoint stops just before its task, and going on does not stop there again, not even after a crash', () => {
  const driver = new Driver(flow(log('a') + log('b') + log('c')), { breakpoints: [{ id: 'b' }] });
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  assert.is(driver.ended, 'BREAKPOINT');
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'BREAKPOINT' });
  assert.is(driver.running.size, 0);
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  assert.is(driver.ended, 'BREAKPOINT');
  driver.send({ type: 'breakpointResumed', atMs: driver.nowMs, breakpoints: [{ id: 'c' }] });
  assert.is(driver.ended, 'RUNNING');
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  driver.end(driver.of('b'), { state: 'SUCCESS' });
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'SUCCESS', c: 'BREAKPOINT' });
  driver.send({ type: 'killRequested', atMs: driver.nowMs });
  assert.is(driver.ended, 'KILLED');
  assert.ok(driver.state.ordered().every((row) => isTerminal(row.histories.at(-1)?.state ?? 'CREATED')));
});

test('EN17 a breakpoint with a value stops only that iteration', () => {
  const driver = new Driver(flow(`  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    concurrencyLimit: 0\n    values: [x, y]\n    tasks:\n${log('a').replace(/^/gm, '    ').trimEnd()}\n`), { breakpoints: [{ id: 'a', value: 'y' }] });
  driver.begin();
  assert.equal(driver.states(), { each: 'RUNNING', 'a/x': 'CREATED', 'a/y': 'BREAKPOINT' });
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.send({ type: 'breakpointResumed', atMs: driver.nowMs, breakpoints: [] });
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
});

test('a pause that ends by itself does what its behavior says', () => {
  const pause = (behavior: string): string => `  - id: p\n    type: io.kestra.plugin.core.flow.Pause\n    pauseDuration: PT1S\n    behavior: ${behavior}\n${log('a')}`;
  const ended = (behavior: string): readonly unknown[] => {
    const driver = new Driver(flow(pause(behavior)));
    driver.run(succeed);
    return [driver.ended, driver.states()];
  };
  assert.equal(ended('RESUME'), ['SUCCESS', { p: 'SUCCESS', a: 'SUCCESS' }]);
  assert.equal(ended('WARN'), ['WARNING', { p: 'WARNING', a: 'SUCCESS' }]);
  assert.equal(ended('FAIL'), ['FAILED', { p: 'FAILED' }]);
  assert.equal(ended('CANCEL'), ['CANCELLED', { p: 'CANCELLED' }]);
});

test('a date that comes does not end a pause that somebody has asked for', () => {
  const driver = new Driver(flow(`  - id: par\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n      - id: p\n        type: io.kestra.plugin.core.flow.Pause\n        pauseDuration: PT1S\n${log('slow').replace(/^/gm, '    ').trimEnd()}\n${log('after')}`));
  driver.begin();
  driver.send({ type: 'pauseRequested', atMs: driver.nowMs });
  driver.end(driver.of('slow'), { state: 'SUCCESS' });
  const due = driver.due.find(({ what }) => what.type === 'resume');
  assert.ok(due);
  driver.send({ type: 'delayPassed', atMs: due.dueAtMs, what: due.what });
  assert.is(driver.ended, 'PAUSED');
  driver.send({ type: 'resumed', atMs: driver.nowMs, inputs: {} });
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
});

test.run();
