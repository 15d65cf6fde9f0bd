import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { currentState } from '../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../protocol/states.ts';
import { Driver, succeed, type TaskResult } from './driver.ts';
import { replay } from './journal.ts';
import { taskRunsForReplay } from './replay-from.ts';

const log = (id: string, more = ''): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n${more}`;
const flow = (tasks: string, more = ''): string => `id: f\nnamespace: n\n${more}tasks:\n${tasks}`;
const indent = (text: string): string => text.replace(/^/gm, '    ').replace(/ +$/g, '');
const failing = (...ids: readonly string[]) => (taskId: string): TaskResult => ({ state: ids.includes(taskId) ? 'FAILED' : 'SUCCESS' });

test('a sequence runs one after the other', () => {
  const driver = new Driver(flow(log('a') + log('b')));
  driver.begin();
  assert.equal([...driver.running.values()].map((job) => job.taskId), ['a']);
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'SUCCESS' });
});

test('EN1 an event twice is ignored the second time', () => {
  const driver = new Driver(flow(log('a') + log('b')));
  driver.begin();
  const id = driver.of('a');
  driver.end(id, { state: 'SUCCESS' });
  const rows = JSON.stringify(driver.state.ordered());
  assert.is(driver.send({ type: 'taskEnded', atMs: 9, taskRunId: id, attempt: 1, state: 'SUCCESS' }).type, 'ignored');
  assert.is(driver.send({ type: 'begun', atMs: 9 }).type, 'ignored');
  assert.is(JSON.stringify(driver.state.ordered()), rows);
});

test('EN2 a late result of a killed task is ignored, and so is one of an earlier attempt', () => {
  const driver = new Driver(flow(log('a', '    retry:\n      type: constant\n      interval: PT1S\n      maxAttempt: 3\n')));
  driver.begin();
  const id = driver.of('a');
  driver.end(id, { state: 'FAILED' });
  const due = driver.due.shift();
  assert.ok(due);
  driver.send({ type: 'delayPassed', atMs: due.dueAtMs, what: due.what });
  assert.is(driver.send({ type: 'taskEnded', atMs: 9, taskRunId: id, attempt: 1, state: 'SUCCESS' }).type, 'ignored');
  driver.send({ type: 'killRequested', atMs: 10 });
  assert.is(driver.ended, 'KILLED');
  assert.is(driver.send({ type: 'taskEnded', atMs: 11, taskRunId: id, attempt: 2, state: 'SUCCESS' }).type, 'ignored');
  assert.is(driver.send({ type: 'killRequested', atMs: 12 }).type, 'ignored');
});

test('EN10 a disabled task has no task run, and a false runIf is SKIPPED while what follows goes on', () => {
  const driver = new Driver(flow(log('a', '    disabled: true\n') + log('b', '    runIf: "{{ false }}"\n') + log('c')));
  driver.run(succeed);
  assert.equal(driver.states(), { b: 'SKIPPED', c: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
});

test('EN11 failing tasks switch the list to errors, and what follows them never runs', () => {
  const driver = new Driver(`${flow(log('a') + log('b'))}errors:\n${log('handler')}`);
  driver.run(failing('a'));
  assert.equal(driver.states(), { a: 'FAILED', handler: 'SUCCESS' });
  assert.is(driver.ended, 'FAILED');
});

test('EN12 a retry appends an attempt to the same task run, and errors wait until the retries are exhausted', () => {
  const source = `${flow(log('a', '    retry:\n      type: constant\n      interval: PT1S\n      maxAttempt: 3\n'))}errors:\n${log('handler')}`;
  const driver = new Driver(source);
  driver.run((taskId, attempt) => ({ state: taskId === 'a' && attempt < 3 ? 'FAILED' : 'SUCCESS' }));
  assert.equal(driver.states(), { a: 'SUCCESS' });
  assert.is(driver.state.get(driver.of('a'))?.attempts?.length, 3);
  const lost = new Driver(source);
  lost.run(failing('a'));
  assert.equal(lost.states(), { a: 'FAILED', handler: 'SUCCESS' });
  assert.is(lost.state.get(lost.of('a'))?.attempts?.length, 3);
});

test('allowFailure makes a warning, allowWarning a success', () => {
  const driver = new Driver(flow(log('a', '    allowFailure: true\n') + log('b', '    allowFailure: true\n    allowWarning: true\n')));
  driver.run(failing('a', 'b'));
  assert.equal(driver.states(), { a: 'WARNING', b: 'SUCCESS' });
  assert.is(driver.ended, 'WARNING');
});

const forEach = (values: number, concurrencyLimit: number, tasks: string): string => flow(`  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: "{{ range(1, ${values}) }}"\n    concurrencyLimit: ${concurrencyLimit}\n    tasks:\n${indent(tasks)}\n${log('after')}`);

test('ForEach runs its tasks value by value, or chains side by side', () => {
  const one = new Driver(forEach(3, 1, log('x') + log('y')));
  const order: string[] = [];
  one.run((taskId, _attempt, value) => { order.push(`${taskId}${value ?? ''}`); return { state: 'SUCCESS' }; });
  assert.equal(order, ['x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'after']);
  const two = new Driver(forEach(3, 2, log('x') + log('y')));
  two.begin();
  assert.equal([...two.running.values()].map((job) => `${job.taskId}${job.value ?? ''}`), ['x1', 'x2']);
  two.run(succeed);
  assert.is(two.ended, 'SUCCESS');
  assert.is(two.state.size, 8);
});

test('a child that fails stops its sequence and fails the parents', () => {
  const driver = new Driver(forEach(3, 1, log('x')));
  driver.run((taskId, _attempt, value) => ({ state: taskId === 'x' && value === '2' ? 'FAILED' : 'SUCCESS' }));
  assert.equal(driver.states(), { each: 'FAILED', 'x/1': 'SUCCESS', 'x/2': 'FAILED' });
  assert.is(driver.ended, 'FAILED');
});

test('a pause waits, and a resume carries its inputs into the outputs', () => {
  const driver = new Driver(flow(`  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n    onResume:\n      - id: reason\n        type: STRING\n${log('after')}`));
  driver.begin();
  assert.is(driver.ended, 'PAUSED');
  driver.send({ type: 'resumed', atMs: 5, inputs: { reason: 'fine' } });
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.state.get(driver.of('wait'))?.outputs, { onResume: { reason: 'fine' } });
  assert.equal(driver.state.header.histories.map((change) => change.state), ['CREATED', 'RUNNING', 'PAUSED', 'RESTARTED', 'RUNNING', 'SUCCESS']);
});

test('a restart goes on from what failed and takes the error branch away', () => {
  const driver = new Driver(`${flow(log('a') + log('b') + log('c'))}errors:\n${log('handler')}`);
  driver.run(failing('b'));
  driver.send({ type: 'restartRequested', atMs: 50 });
  assert.is(driver.ended, 'RESTARTED');
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'RESTARTED' });
  driver.begin();
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.states(), { a: 'SUCCESS', b: 'SUCCESS', c: 'SUCCESS' });
  assert.is(driver.state.get(driver.of('b'))?.attempts?.length, 2);
});

test('a replay keeps what came before the chosen task run and leaves out what came after', () => {
  const driver = new Driver(flow(log('a') + log('b') + log('c')));
  driver.run(succeed);
  let ids = 0;
  const rows = taskRunsForReplay(driver.state, driver.of('b'), 99, () => { ids += 1; return `new-${ids}`; });
  assert.equal(rows?.map((row) => [row.taskId, currentState(row.histories)]), [['a', 'SUCCESS'], ['b', 'RESTARTED']]);
});

test('EN8 a condition that would run for ever ends within its fuel, with an error that names the limit', () => {
  const driver = new Driver(flow(`  - id: endless\n    type: io.kestra.plugin.core.flow.If\n    condition: "{% for i in range(1, 100000000) %}{% for j in range(1, 100000000) %}x{% endfor %}{% endfor %}"\n    then:\n${indent(log('x'))}`));
  driver.run(succeed);
  assert.is(driver.ended, 'FAILED');
  assert.match(driver.logs.join('\n'), /steps|fuel|limit/i);
});

test('EN4 replay of any prefix of the journal gives the rows of then, without the world', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(seed);
    const driver = new Driver(wild, { random });
    const stood: string[] = [driver.rows()];
    const send = driver.send.bind(driver);
    driver.send = (event) => {
      const advance = send(event);
      if (advance.type === 'advanced') stood.push(driver.rows());
      return advance;
    };
    driver.run(() => ({ state: random() < 0.9 ? 'SUCCESS' : 'FAILED', outputs: { value: random() } }), 200);
    if (driver.ended === 'PAUSED') { driver.send({ type: 'resumed', atMs: driver.nowMs, inputs: {} }); driver.run(succeed); }
    assert.is(driver.journal.length, stood.length);
    for (const [position, rows] of stood.entries()) {
      const again = replay(driver.index, driver.journal.slice(0, position + 1), { limits: driver.lookup.limits ?? neverLimits });
      assert.is(JSON.stringify([again.header, again.ordered()]), rows, `seed ${seed}, after entry ${position}`);
    }
  }
});

test('EN4 what a step has read is in the journal: replay gives the same decision though the world has changed', () => {
  const source = flow(`  - id: choose\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ kv('open') == 'yes' and randomInt(0, 10) < 5 and envs.stage == 'test' }}"\n    then:\n${indent(log('x'))}\n    else:\n${indent(log('y'))}`);
  const driver = new Driver(source, { random: () => 0.1, envs: { stage: 'test' }, world: { kv: () => 'yes' } });
  driver.run(succeed);
  assert.equal(driver.states(), { choose: 'SUCCESS', x: 'SUCCESS' });
  const again = replay(driver.index, driver.journal, {});
  assert.is(JSON.stringify(again.ordered()), JSON.stringify(driver.state.ordered()));
});

test('the journal holds no secret, and replays nevertheless', () => {
  const driver = new Driver(flow(`  - id: choose\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ secret('PASS') == 'hunter2-and-more' }}"\n    then:\n${indent(log('x'))}\n${log('after')}`), { world: { secret: () => 'hunter2-and-more' } });
  driver.run(succeed);
  assert.equal(driver.states(), { choose: 'SUCCESS', x: 'SUCCESS', after: 'SUCCESS' });
  assert.not.ok(JSON.stringify(driver.journal).includes('hunter2'));
  const again = replay(driver.index, driver.journal, {});
  assert.is(JSON.stringify(again.ordered()), JSON.stringify(driver.state.ordered()));
});

test('EN5 after a crash at any point the same tasks are asked for again, as the same attempts, and the end is the same', () => {
  const reference = new Driver(wildWithoutPause);
  reference.run(succeed);
  for (let crashAt = 0; crashAt < 12; crashAt += 1) {
    const driver = new Driver(wildWithoutPause);
    driver.begin();
    for (let ended = 0; ended < crashAt; ended += 1) {
      const next = driver.running.keys().next().value;
      if (next !== undefined) driver.end(next, { state: 'SUCCESS' });
    }
    const before = [...driver.running.entries()].map(([id, job]) => `${id}#${job.attempt}`).sort();
    driver.crash();
    driver.send({ type: 'recovered', atMs: driver.nowMs });
    assert.equal([...driver.running.entries()].map(([id, job]) => `${id}#${job.attempt}`).sort(), before, `crash after ${crashAt}`);
    driver.run(succeed);
    assert.equal(driver.states(), reference.states(), `crash after ${crashAt}`);
    const again = replay(driver.index, driver.journal, {});
    assert.is(JSON.stringify([again.header, again.ordered()]), driver.rows(), `crash after ${crashAt}`);
  }
});

test('EN5 what a ForEach has decided survives a crash: its values are not computed again', () => {
  let calls = 0;
  const driver = new Driver(flow(`  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: "{{ kv('list') }}"\n    tasks:\n${indent(log('x'))}`), { world: { kv: () => { calls += 1; return ['a', 'b', 'c'].slice(0, calls === 1 ? 3 : 1); } } });
  driver.begin();
  driver.end(driver.of('x'), { state: 'SUCCESS' });
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  driver.run(succeed);
  assert.equal(driver.states(), { each: 'SUCCESS', 'x/a': 'SUCCESS', 'x/b': 'SUCCESS', 'x/c': 'SUCCESS' });
  assert.is(calls, 1);
});

test('a timeout holds for the run after a crash, too', () => {
  const driver = new Driver(flow(log('a', '    timeout: PT5S\n')));
  driver.begin();
  driver.send({ type: 'taskStarted', atMs: driver.nowMs, taskRunId: driver.of('a'), attempt: 1 });
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  assert.equal(driver.commands.flatMap((command) => (command.type === 'runTask' ? [[command.attempt, command.timeoutMs]] : [])), [[1, 5000], [1, 5000]]);
});

test('a Subflow asks for its child once, however often its execution is looked at, and after a crash asks what became of it', () => {
  const driver = new Driver(flow(`  - id: par\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n      - id: call\n        type: io.kestra.plugin.core.flow.Subflow\n        namespace: n\n        flowId: child\n      - id: gate\n        type: io.kestra.plugin.core.flow.Pause\n`));
  driver.begin();
  driver.send({ type: 'resumed', atMs: driver.nowMs, inputs: {} });
  driver.send({ type: 'forced', atMs: driver.nowMs });
  const asked = driver.commands.filter((command) => command.type === 'createSubflow');
  assert.is(asked.length, 1);
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  const found = driver.commands.filter((command) => command.type === 'findSubflow');
  assert.equal(found.map((command) => command.childId), asked.map((command) => command.childId));
  driver.send({ type: 'subflowEnded', atMs: driver.nowMs, taskRunId: driver.of('call'), childId: found[0]?.childId ?? '', state: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
});

test('an execution that would hold too many task runs fails with a sentence, and nothing of it goes on', () => {
  const list = JSON.stringify(Array.from({ length: 400 }, (_, index) => index));
  const driver = new Driver(flow(`  - id: outer\n    type: io.kestra.plugin.core.flow.ForEach\n    values: ${list}\n    concurrencyLimit: 0\n    tasks:\n      - id: inner\n        type: io.kestra.plugin.core.flow.ForEach\n        values: ${list}\n        concurrencyLimit: 0\n        tasks:\n${indent(indent(log('x')))}`));
  driver.begin();
  assert.is(driver.ended, 'FAILED');
  assert.is(driver.running.size, 0);
  assert.match(driver.logs.join('\n'), /at most \d+ task runs/);
  for (const row of driver.state.all()) assert.ok(isTerminal(currentState(row.histories)));
});

test('EN7 an execution of thousands of task runs costs linear time', () => {
  const timed = (values: number): number => {
    const driver = new Driver(forEach(values, 0, log('x')), { fuelMax: 10_000_000 });
    const begun = performance.now();
    driver.run(succeed);
    assert.is(driver.ended, 'SUCCESS');
    assert.is(driver.state.size, values + 2);
    return performance.now() - begun;
  };
  timed(500);
  const small = timed(1000);
  const large = timed(8000);
  // Eight times the work may cost eight times the time; a quadratic walk would cost sixty-four times.
  assert.ok(large < small * 30, `1,000 children took ${small.toFixed(0)} ms, 8,000 took ${large.toFixed(0)} ms`);
});

/** mulberry32: a small generator with 32 bits of state. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const wild = `id: wild
namespace: n
tasks:
  - id: par
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
${indent(indent(log('p1', '    retry:\n      type: constant\n      interval: PT1S\n      maxAttempt: 2\n') + log('p2') + log('p3', '    allowFailure: true\n')))}
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [1, 2, 3, 4]
    concurrencyLimit: 2
    tasks:
${indent(log('e1') + log('e2'))}
    errors:
${indent(log('eh'))}
  - id: gate
    type: io.kestra.plugin.core.flow.Pause
${log('last')}errors:
${log('handler')}`;

const wildWithoutPause = wild.replace(/ {2}- id: gate\n.*Pause\n/, '');
const neverLimits = { fuelMax: 200_000, outputCharsMax: 1_000_000, depthMax: 100 };

test('EN3 no ended state is ever left by any order of results, duplicates, late results, kills and resumes', () => {
  let interesting = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const driver = new Driver(wild, { random });
    const endedAt = new Map<string, StateType>();
    const told: { taskRunId: string; attempt: number }[] = [];
    const check = (): void => {
      for (const row of driver.state.all()) {
        const state = currentState(row.histories);
        const before = endedAt.get(row.id);
        if (before !== undefined) assert.is(state, before, `seed ${seed}: ${row.taskId} left ${before}`);
        else if (isTerminal(state)) endedAt.set(row.id, state);
      }
    };
    driver.begin();
    let last: StateType | undefined;
    for (let turn = 0; turn < 120; turn += 1) {
      const jobs = [...driver.running.entries()];
      const dice = random();
      if (dice < 0.62 && jobs.length > 0) {
        const [id, job] = jobs[Math.floor(random() * jobs.length)] ?? [];
        if (id === undefined || job === undefined) continue;
        told.push({ taskRunId: id, attempt: job.attempt });
        driver.end(id, { state: random() < 0.85 ? 'SUCCESS' : 'FAILED' });
      } else if (dice < 0.75 && told.length > 0) {
        const again = told[Math.floor(random() * told.length)];
        if (again !== undefined) driver.send({ type: 'taskEnded', atMs: driver.nowMs, ...again, state: 'SUCCESS' });
      } else if (dice < 0.9 && driver.due.length > 0) {
        const due = driver.due.shift();
        if (due !== undefined) driver.send({ type: 'delayPassed', atMs: due.dueAtMs, what: due.what });
      } else if (dice < 0.97) {
        driver.send({ type: 'resumed', atMs: driver.nowMs, inputs: {} });
      } else if (random() < 0.2) {
        driver.send({ type: 'killRequested', atMs: driver.nowMs });
      }
      check();
      if (last !== undefined) assert.is(driver.ended, last, `seed ${seed}: the execution left ${last}`);
      if (isTerminal(driver.ended)) last = driver.ended;
    }
    if (driver.ended === 'SUCCESS' || driver.ended === 'WARNING') {
      interesting += 1;
      for (const row of driver.state.all()) assert.ok(isTerminal(currentState(row.histories)), `seed ${seed}: ${driver.ended} with ${row.taskId} open`);
    }
  }
  assert.ok(interesting > 20, `${interesting} of 300 runs reached a good end`);
});

test.run();
