/** LoopUntil, WorkingDirectory, ForEachItem and Loop: task runs that the world answers in several steps. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Driver, succeed } from './driver.ts';
import type { Command } from './events.ts';
import { replay } from './journal.ts';

const log = (id: string, more = ''): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n${more}`;
const flow = (tasks: string, more = ''): string => `id: f\nnamespace: n\n${more}tasks:\n${tasks}`;
const inside = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const replayed = (driver: Driver): string => JSON.stringify(replay(driver.index, driver.journal, { limits: { fuelMax: 200_000, outputCharsMax: 1_000_000, depthMax: 100 } }).ordered());
const lastOf = <Type extends Command['type']>(driver: Driver, type: Type): Extract<Command, { type: Type }> => {
  const found = [...driver.commands].reverse().find((command): command is Extract<Command, { type: Type }> => command.type === type);
  if (found === undefined) throw new Error(`no command ${type}`);
  return found;
};

const until = (condition: string, more = ''): string => `  - id: loop\n    type: io.kestra.plugin.core.flow.LoopUntil\n    condition: "${condition}"\n${more}    tasks:\n${inside(log('a'))}`;
const frequency = (text: string): string => `    checkFrequency:\n${text}`;

test('EN18 LoopUntil runs its tasks until the condition holds, keeps only the last round, and pauses in between', () => {
  const driver = new Driver(flow(until('{{ outputs.loop.iterationCount == 3 }}', frequency('      interval: PT1S\n')) + log('after')));
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  assert.is(driver.ended, 'PAUSED');
  assert.equal(driver.states(), { loop: 'PAUSED', a: 'SUCCESS' });
  driver.run(succeed);
  assert.equal(driver.states(), { loop: 'SUCCESS', a: 'SUCCESS', after: 'SUCCESS' });
  assert.is(driver.state.get(driver.of('loop'))?.outputs?.['iterationCount'], 3);
  assert.is(replayed(driver), JSON.stringify(driver.state.ordered()));
});

test('EN18 a round that is over when the engine comes back begins the next one once', () => {
  const driver = new Driver(flow(until('{{ outputs.loop.iterationCount == 2 }}', frequency('      interval: PT1S\n'))));
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  assert.equal(driver.states(), { loop: 'PAUSED', a: 'SUCCESS' });
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
});

test('EN18 the maximum of rounds ends the loop, failed only when it says so; a failing task ends it at once', () => {
  const rounds = (more: string): Driver => new Driver(flow(until('{{ false }}', `${frequency('      interval: PT1S\n      maxIterations: 3\n')}${more}`)));
  const calm = rounds('');
  calm.run(succeed);
  assert.is(calm.ended, 'SUCCESS');
  assert.is(calm.state.get(calm.of('loop'))?.outputs?.['iterationCount'], 3);
  const strict = rounds('    failOnMaxReached: true\n');
  strict.run(succeed);
  assert.is(strict.ended, 'FAILED');
  const broken = rounds('');
  broken.run(() => ({ state: 'FAILED' }));
  assert.is(broken.ended, 'FAILED');
  assert.is(broken.state.get(broken.of('loop'))?.outputs?.['iterationCount'], 1);
});

test('EN18 the longest duration ends the loop, and somebody who resumes begins the next round', () => {
  const timed = new Driver(flow(until('{{ false }}', frequency('      interval: PT10S\n      maxDuration: PT35S\n'))));
  timed.run(succeed);
  assert.is(timed.state.get(timed.of('loop'))?.outputs?.['iterationCount'], 4);
  const driver = new Driver(flow(until('{{ outputs.loop.iterationCount == 2 }}')));
  driver.begin();
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.send({ type: 'resumed', atMs: driver.nowMs, inputs: {} });
  assert.equal(driver.states(), { loop: 'RUNNING', a: 'CREATED' });
});

const directory = (more = ''): string => `  - id: dir\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n${more}    tasks:\n${inside(log('a') + log('b'))}`;

test('EN19 the tasks of a WorkingDirectory wait for it, share it, and what is wanted of it is its output', () => {
  const driver = new Driver(flow(directory() + log('after')));
  driver.begin();
  assert.equal(driver.states(), { dir: 'RUNNING' });
  const id = driver.of('dir');
  assert.is(lastOf(driver, 'openDirectory').taskRunId, id);
  driver.send({ type: 'directoryOpened', atMs: driver.nowMs, taskRunId: id });
  assert.is(lastOf(driver, 'runTask').directoryOf, id);
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.end(driver.of('b'), { state: 'WARNING' });
  assert.is(lastOf(driver, 'closeDirectory').taskRunId, id);
  assert.is(driver.states()['dir'], 'RUNNING');
  driver.send({ type: 'directoryClosed', atMs: driver.nowMs, taskRunId: id, outputs: { outputFiles: { x: 'kestra:///x' } } });
  assert.is(driver.states()['dir'], 'WARNING');
  assert.equal(driver.state.get(id)?.outputs, { outputFiles: { x: 'kestra:///x' } });
  driver.run(succeed);
  assert.is(driver.ended, 'WARNING');
  assert.is(replayed(driver), JSON.stringify(driver.state.ordered()));
});

test('EN19 a directory that can not be made fails its task, and one whose tasks fail is dropped', () => {
  const unmade = new Driver(flow(directory()));
  unmade.begin();
  unmade.send({ type: 'directoryOpened', atMs: 1, taskRunId: unmade.of('dir'), problem: 'no room' });
  assert.is(unmade.ended, 'FAILED');
  assert.ok(unmade.logs.includes('ERROR no room'));
  const failed = new Driver(flow(directory()));
  failed.begin();
  failed.send({ type: 'directoryOpened', atMs: 1, taskRunId: failed.of('dir') });
  failed.end(failed.of('a'), { state: 'FAILED' });
  assert.is(failed.ended, 'FAILED');
  assert.is(lastOf(failed, 'dropDirectory').taskRunId, failed.of('dir'));
});

test('EN19 after a crash and on a restart everything in the directory is done again', () => {
  const driver = new Driver(flow(directory()));
  driver.begin();
  driver.send({ type: 'directoryOpened', atMs: 1, taskRunId: driver.of('dir') });
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.crash();
  driver.send({ type: 'recovered', atMs: driver.nowMs });
  assert.equal(driver.states(), { dir: 'RUNNING' });
  driver.send({ type: 'directoryOpened', atMs: driver.nowMs, taskRunId: driver.of('dir') });
  driver.end(driver.of('a'), { state: 'FAILED' });
  assert.is(driver.ended, 'FAILED');
  driver.send({ type: 'restartRequested', atMs: driver.nowMs });
  assert.equal(driver.states(), { dir: 'RESTARTED' });
  driver.send({ type: 'begun', atMs: driver.nowMs });
  driver.send({ type: 'directoryOpened', atMs: driver.nowMs, taskRunId: driver.of('dir') });
  driver.end(driver.of('a'), { state: 'SUCCESS' });
  driver.end(driver.of('b'), { state: 'SUCCESS' });
  driver.send({ type: 'directoryClosed', atMs: driver.nowMs, taskRunId: driver.of('dir') });
  assert.is(driver.ended, 'SUCCESS');
});

const forEachItem = (more = ''): string => `  - id: each\n    type: io.kestra.plugin.core.flow.ForEachItem\n    items: kestra:///f\n    namespace: n\n    flowId: g\n${more}    inputs:\n      file: "{{ taskrun.items }}"\n`;
/** Split, read and started: two batches. */
function withTwoBatches(driver: Driver): string {
  driver.begin();
  driver.end(driver.of('each_split'), { state: 'SUCCESS', outputs: { splits: 'kestra:///splits' } });
  const items = driver.of('each_items');
  assert.is(lastOf(driver, 'readItems').uri, 'kestra:///splits');
  driver.send({ type: 'itemsRead', atMs: driver.nowMs, taskRunId: items, from: 0, items: ['kestra:///1', 'kestra:///2'], total: 2 });
  return items;
}

test('EN20 ForEachItem starts an execution for each batch, counts them, and merges their outputs', () => {
  const driver = new Driver(flow(forEachItem() + log('after')));
  const items = withTwoBatches(driver);
  const calls = driver.commands.filter((command) => command.type === 'createSubflow');
  assert.equal(calls.map((call) => (call.type === 'createSubflow' ? call.inputs['file'] : '')), ['kestra:///1', 'kestra:///2']);
  driver.send({ type: 'itemsMoved', atMs: driver.nowMs, taskRunId: items, iterations: { RUNNING: 1, SUCCESS: 1 } });
  assert.equal(driver.state.get(items)?.outputs?.['iterations'], { CREATED: 0, RUNNING: 1, SUCCESS: 1 });
  assert.is(driver.states()['each_items'], 'RUNNING');
  driver.send({ type: 'itemsMoved', atMs: driver.nowMs, taskRunId: items, iterations: { SUCCESS: 2 } });
  assert.is(driver.states()['each_items'], 'SUCCESS');
  assert.is(driver.state.get(items)?.outputs?.['numberOfBatches'], 2);
  driver.send({ type: 'merged', atMs: driver.nowMs, taskRunId: driver.of('each_merge'), outputs: { subflowOutputs: 'kestra:///o' } });
  driver.run(succeed);
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.states(), { each: 'SUCCESS', each_split: 'SUCCESS', each_items: 'SUCCESS', each_merge: 'SUCCESS', after: 'SUCCESS' });
  assert.is(replayed(driver), JSON.stringify(driver.state.ordered()));
});

test('EN20 failed items fail the task and nothing is merged; without transmitFailed they do not', () => {
  const failed = new Driver(flow(forEachItem()));
  failed.send({ type: 'itemsMoved', atMs: 1, taskRunId: withTwoBatches(failed), iterations: { FAILED: 1, SUCCESS: 1 } });
  assert.is(failed.ended, 'FAILED');
  assert.not.ok('each_merge' in failed.states());
  const calm = new Driver(flow(forEachItem('    transmitFailed: false\n')));
  calm.send({ type: 'itemsMoved', atMs: 1, taskRunId: withTwoBatches(calm), iterations: { FAILED: 2 } });
  assert.is(calm.states()['each_items'], 'SUCCESS');
  const free = new Driver(flow(forEachItem('    wait: false\n')));
  const items = withTwoBatches(free);
  assert.is(free.states()['each_items'], 'SUCCESS');
  assert.is(free.state.get(items)?.outputs?.['numberOfBatches'], 2);
});

test('EN20 an empty file is done at once, a file that can not be read fails the task, and after a crash the items are counted anew', () => {
  const empty = new Driver(flow(forEachItem()));
  empty.begin();
  empty.end(empty.of('each_split'), { state: 'SUCCESS', outputs: { splits: 'kestra:///s' } });
  empty.send({ type: 'itemsRead', atMs: 1, taskRunId: empty.of('each_items'), from: 0, items: [], total: 0 });
  assert.is(empty.states()['each_items'], 'SUCCESS');
  const broken = new Driver(flow(forEachItem()));
  broken.begin();
  broken.end(broken.of('each_split'), { state: 'SUCCESS', outputs: { splits: 'kestra:///s' } });
  broken.send({ type: 'itemsFailed', atMs: 1, taskRunId: broken.of('each_items'), message: 'gone' });
  assert.is(broken.ended, 'FAILED');
  assert.ok(broken.logs.includes('ERROR gone'));
  const crashed = new Driver(flow(forEachItem()));
  const items = withTwoBatches(crashed);
  crashed.crash();
  crashed.send({ type: 'recovered', atMs: crashed.nowMs });
  assert.is(lastOf(crashed, 'countItems').taskRunId, items);
  crashed.send({ type: 'itemsMoved', atMs: crashed.nowMs, taskRunId: items, iterations: { SUCCESS: 2 } });
  assert.is(crashed.states()['each_items'], 'SUCCESS');
});

const loop = (more: string): string => `  - id: l\n    type: io.kestra.plugin.core.flow.Loop\n${more}    tasks:\n${inside(log('a'))}`;
const begun = (driver: Driver): readonly string[] => driver.commands.flatMap((command) => (command.type === 'createIteration' ? [command.loopRun.value] : []));

test('EN20 Loop begins as many iterations at once as it may, in order, with keys of a map', () => {
  const driver = new Driver(flow(loop('    concurrencyLimit: 2\n    values:\n      x: 1\n      y: {z: 2}\n      w: text\n')));
  driver.begin();
  const id = driver.of('l');
  assert.equal(begun(driver), ['1', '{"z":2}']);
  assert.is(lastOf(driver, 'createIteration').loopRun.key, 'y');
  driver.send({ type: 'itemsMoved', atMs: 1, taskRunId: id, iterations: { RUNNING: 1, SUCCESS: 1 } });
  assert.equal(begun(driver), ['1', '{"z":2}', 'text']);
  driver.send({ type: 'itemsMoved', atMs: 1, taskRunId: id, iterations: { SUCCESS: 3 } });
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.state.get(id)?.outputs, { iterationCount: 3, runningIterations: 0, terminatedIterations: 3 });
  assert.is(replayed(driver), JSON.stringify(driver.state.ordered()));
});

test('EN20 a failed iteration ends a Loop, unless transmitFailed is false; finally runs once at the end', () => {
  const strict = new Driver(flow(`${loop("    values: [p, q]\n    finally:\n" + inside(log('fin')))}`));
  strict.begin();
  strict.send({ type: 'itemsMoved', atMs: 1, taskRunId: strict.of('l'), iterations: { FAILED: 1 } });
  assert.equal(begun(strict), ['p']);
  strict.run(succeed);
  assert.is(strict.ended, 'FAILED');
  assert.equal(strict.states(), { l: 'FAILED', fin: 'SUCCESS' });
  const calm = new Driver(flow(loop('    values: [p, q]\n    transmitFailed: false\n')));
  calm.begin();
  calm.send({ type: 'itemsMoved', atMs: 1, taskRunId: calm.of('l'), iterations: { FAILED: 1 } });
  assert.equal(begun(calm), ['p', 'q']);
  calm.send({ type: 'itemsMoved', atMs: 1, taskRunId: calm.of('l'), iterations: { FAILED: 2 } });
  assert.is(calm.ended, 'SUCCESS');
});

test('EN20 the outputs of iterations are gathered before the Loop ends', () => {
  const driver = new Driver(flow(loop('    values: ["{{ inputs.v }}"]\n    outputs:\n      - id: o\n        type: STRING\n        value: "{{ item.value }}"\n')), { inputs: { v: 7 } });
  driver.begin();
  const id = driver.of('l');
  assert.equal(begun(driver), ['7']);
  driver.send({ type: 'itemsMoved', atMs: 1, taskRunId: id, iterations: { SUCCESS: 1 } });
  assert.is(driver.ended, 'RUNNING');
  assert.is(lastOf(driver, 'mergeItems').itemsRunId, id);
  driver.send({ type: 'merged', atMs: 1, taskRunId: id, outputs: { outputs: [{ outputs: { o: '7' } }] } });
  assert.is(driver.ended, 'SUCCESS');
  assert.equal(driver.state.get(id)?.outputs?.['outputs'], [{ outputs: { o: '7' } }]);
});

test('EN20 restart lets the items that failed go on, and a killed Loop begins no more of them', () => {
  const failed: (driver: Driver) => void = (driver) => { driver.send({ type: 'itemsMoved', atMs: 1, taskRunId: driver.of('l'), iterations: { FAILED: 1, SUCCESS: 1 } }); };
  const driver = new Driver(flow(loop('    concurrencyLimit: 0\n    values: [p, q]\n')));
  driver.begin();
  failed(driver);
  assert.is(driver.ended, 'FAILED');
  driver.send({ type: 'restartRequested', atMs: 2 });
  driver.send({ type: 'begun', atMs: 2 });
  assert.is(lastOf(driver, 'restartItems').taskRunId, driver.of('l'));
  driver.send({ type: 'itemsMoved', atMs: 3, taskRunId: driver.of('l'), iterations: { SUCCESS: 2 } });
  assert.is(driver.ended, 'SUCCESS');
  const killed = new Driver(flow(loop('    values: [p, q]\n')));
  killed.begin();
  killed.send({ type: 'killRequested', atMs: 1 });
  assert.is(killed.ended, 'KILLED');
  assert.is(killed.send({ type: 'itemsMoved', atMs: 2, taskRunId: killed.of('l'), iterations: { KILLED: 1 } }).type, 'ignored');
});

test('a restarted subflow task restarts its child; at level 0.20 or when told so it starts another', () => {
  const subflow = (more = ''): string => `  - id: s\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: n\n    flowId: g\n${more}`;
  const restarted = (more = ''): Driver => {
    const driver = new Driver(flow(subflow(more)));
    driver.begin();
    driver.send({ type: 'subflowEnded', atMs: 1, taskRunId: driver.of('s'), childId: lastOf(driver, 'createSubflow').childId, state: 'FAILED' });
    assert.is(driver.ended, 'FAILED');
    driver.send({ type: 'restartRequested', atMs: 2 });
    driver.send({ type: 'begun', atMs: 2 });
    return driver;
  };
  const driver = restarted();
  const { childId } = lastOf(driver, 'createSubflow');
  assert.is(lastOf(driver, 'restartSubflow').childId, childId);
  driver.send({ type: 'subflowEnded', atMs: 3, taskRunId: driver.of('s'), childId, state: 'SUCCESS' });
  assert.is(driver.ended, 'SUCCESS');
  const lost = restarted();
  const before = lastOf(lost, 'createSubflow').childId;
  lost.send({ type: 'subflowMissing', atMs: 3, taskRunId: lost.of('s'), childId: before });
  assert.is.not(lastOf(lost, 'createSubflow').childId, before);
  const anew = restarted('    restartBehavior: NEW_EXECUTION\n');
  assert.not.ok(anew.commands.some((command) => command.type === 'restartSubflow'));
});

test.run();
