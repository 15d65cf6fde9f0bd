/** The moment that is shown: derived from histories, played, and shared by who follows whom. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution, State, TaskRun } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { topicStateOf } from './load.ts';
import { askSilenceMs, createMoment, saidOf, type Moment, type Watcher } from './moment.ts';
import { advanced, eventBeside } from './playback.ts';
import { momentOfSearch, shownMoment, stateAt } from '../../gantt/index.ts';

const startMs = Date.parse('2026-11-24T14:00:00.000Z');
const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();
function stateOf(...changes: readonly (readonly [StateType, number])[]): State {
  const last = changes[changes.length - 1] ?? ['CREATED', 0];
  return { current: last[0], histories: changes.map(([state, seconds]) => ({ state, date: iso(seconds) })), duration: 'PT0S', startDate: iso(changes[0]?.[1] ?? 0), ...(isTerminal(last[0]) ? { endDate: iso(last[1]) } : {}) };
}
const taskRun = (id: string, state: State, more: Partial<TaskRun> = {}): TaskRun => ({ id, executionId: 'e', namespace: 'n', flowId: 'f', taskId: id, outputs: {}, state, ...more });
const execution = (state: State, taskRunList: readonly TaskRun[], more: Partial<Execution> = {}): Execution => ({ tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, labels: [], state, originalId: 'e', deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: iso(0) }, taskRunList, ...more });
const run = topicStateOf(execution(stateOf(['CREATED', 0], ['RUNNING', 1], ['SUCCESS', 20]), [
  taskRun('first', stateOf(['CREATED', 1], ['RUNNING', 2], ['SUCCESS', 5]), { outputs: { rows: 3 } }),
  taskRun('second', stateOf(['CREATED', 5], ['RUNNING', 6], ['SUCCESS', 15]), { outputs: { rows: 4 }, attempts: [{ state: stateOf(['CREATED', 6], ['RUNNING', 6], ['FAILED', 8]) }, { state: stateOf(['CREATED', 10], ['RUNNING', 10], ['SUCCESS', 15]) }] }),
  taskRun('third', stateOf(['CREATED', 15], ['RUNNING', 16], ['SUCCESS', 20])),
], { outputs: { all: 7 } }));
const shown = (seconds: number) => stateAt(run, startMs + seconds * 1000);

test('a moment shows what had been created, in the state and with the attempts of then, and no output before its end', () => {
  const then = shown(9);
  assert.equal(then.order, ['first', 'second']);
  assert.is(then.execution?.state.current, 'RUNNING');
  assert.is(then.execution?.state.endDate, undefined);
  assert.is(then.execution?.outputs, undefined);
  assert.is(then.taskRuns['first'], run.taskRuns['first'], 'what had ended is the same object: nothing is measured again');
  const second = then.taskRuns['second'];
  assert.is(second?.state.current, 'RUNNING');
  assert.equal(second?.outputs, {});
  assert.equal(second?.attempts?.map((attempt) => attempt.state.current), ['FAILED']);
  assert.is(second?.state.duration, 'PT4S');
});

test('the last moment is the run itself, and the first one has nothing but its birth', () => {
  assert.equal(shown(20), run);
  assert.is(stateAt(run, undefined), run);
  assert.equal(shown(0).order, []);
  assert.is(shown(0).execution?.state.current, 'CREATED');
  // A clock that is behind: the execution is there all the same.
  assert.is(shown(-5).execution?.state.current, 'CREATED');
});

test('every moment of a history is a prefix of the next one', () => {
  let before = 0;
  for (let seconds = 0; seconds <= 21; seconds += 1) {
    const changes = Object.values(shown(seconds).taskRuns).reduce((sum, one) => sum + one.state.histories.length, 0);
    assert.ok(changes >= before, `at ${seconds}`);
    before = changes;
  }
  assert.is(before, 9);
});

test('playback goes as it happened, and a gap of more than thirty seconds lasts one', () => {
  assert.is(advanced(0, 160, 80, [0, 500, 1000]), 160);
  assert.is(advanced(1000, 80, 500, [0, 1000, 61_000]), 31_000);
  assert.is(advanced(1000, 80, 5000, [0, 1000, 61_000]), 61_000, 'and stops at what happens next');
  assert.is(eventBeside([10, 20, 20, 30], 20, 1), 30);
  assert.is(eventBeside([10, 20, 20, 30], 20, -1), 10);
  assert.is(eventBeside([10], 10, 1), undefined);
});

test('the address and what others say are read with care', () => {
  assert.is(momentOfSearch('at=2026-11-24T14:00:03.000Z&p=x'), startMs + 3000);
  assert.is(momentOfSearch('at=yesterday'), undefined);
  const now = startMs + 60_000;
  assert.is(shownMoment(run, 'at=2026-11-24T14:00:03.000Z', now), startMs + 3000);
  assert.is(shownMoment(run, 'at=2020-01-01T00:00:00.000Z', now), startMs, 'before the beginning is the beginning');
  assert.is(shownMoment(run, 'at=2026-11-24T14:00:20.000Z', now), undefined, 'the end is the present');
  assert.equal(saidOf('boo'), { atMs: null, speed: 0, follows: null, asks: null, gives: null, keeps: null });
  assert.equal(saidOf({ atMs: Number.NaN, follows: 7, asks: 'a' }), { atMs: null, speed: 0, follows: null, asks: 'a', gives: null, keeps: null });
});

// ------------------------------------------------------------------ together

/** People whose words reach everybody at once, on a clock in the test's hand. */
function room(names: readonly string[]) {
  let nowMs = startMs + 30_000;
  const due: { atMs: number; every: number | undefined; call: () => void; gone: boolean }[] = [];
  const timers = {
    after(delayMs: number, call: () => void) { const entry = { atMs: nowMs + delayMs, every: undefined, call, gone: false }; due.push(entry); return () => { entry.gone = true; }; },
    every(intervalMs: number, call: () => void) { const entry = { atMs: nowMs + intervalMs, every: intervalMs, call, gone: false }; due.push(entry); return () => { entry.gone = true; }; },
  };
  const words: string[] = [];
  const people = new Map<string, Moment>();
  const gone = new Set<string>();
  const meet = (): void => {
    // Words cross several times, as answers to answers.
    for (let round = 0; round < 4; round += 1) {
      const all = [...people].filter(([name]) => !gone.has(name)).map(([name, moment]): Watcher => ({ id: name, name, color: 1, kind: 'person', ...moment.said() }));
      for (const [name, moment] of people) if (!gone.has(name)) moment.watchers(all.filter((one) => one.id !== name));
    }
  };
  for (const name of names) {
    people.set(name, createMoment({ ownId: name, timers, nowMs: () => nowMs, say: (text) => words.push(`${name}: ${text}`), start: { atMs: undefined, follows: undefined, speed: 1 }, run: () => ({ fromMs: startMs, toMs: startMs + 20_000, eventsMs: [startMs, startMs + 20_000] }) }));
  }
  meet();
  return {
    of: (name: string): Moment => { const moment = people.get(name); if (moment === undefined) throw new Error(name); return moment; },
    at: (name: string): number | undefined => { const at = people.get(name)?.atMs(); return at === undefined ? undefined : (at - startMs) / 1000; },
    meet, words,
    leave(name: string) { gone.add(name); people.get(name)?.release(); meet(); },
    pass(ms: number) {
      const until = nowMs + ms;
      for (;;) {
        const next = due.filter((entry) => !entry.gone && entry.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = next.atMs;
        if (next.every === undefined) next.gone = true;
        else next.atMs += next.every;
        next.call();
        meet();
      }
      nowMs = until;
    },
  };
}

test('who drags while others follow holds the playhead; who does not follow keeps their own moment', () => {
  const { of, at, meet } = room(['maya', 'tom', 'aiko']);
  of('tom').follow('maya');
  of('maya').moveTo(startMs + 9000);
  meet();
  assert.equal([at('maya'), at('tom'), at('aiko')], [9, 9, undefined]);
  assert.equal(of('maya').followers().map((one) => one.id), ['tom']);
  of('tom').moveTo(startMs + 3000);
  meet();
  assert.equal([at('maya'), at('tom')], [9, 3], 'an own hand ends following');
  assert.equal(of('maya').followers(), []);
});

test('the one who asks gets the playhead, and all who followed follow them, the former holder too', () => {
  const { of, at, meet } = room(['maya', 'tom', 'aiko']);
  of('maya').moveTo(startMs + 9000);
  meet();
  of('tom').follow('maya');
  of('aiko').follow('maya');
  of('tom').ask();
  meet();
  assert.is(of('maya').asker()?.id, 'tom');
  of('maya').handOver('tom');
  meet();
  assert.is(of('tom').mode().state, 'past');
  assert.equal([of('maya').mode(), of('aiko').mode()].map((mode) => (mode.state === 'following' ? mode.id : mode.state)), ['tom', 'tom']);
  of('tom').moveTo(startMs + 4000);
  meet();
  assert.equal([at('maya'), at('tom'), at('aiko')], [4, 4, 4]);
});

test('silence hands the playhead over after ten seconds; a refusal is heard and can be asked again', () => {
  const { of, meet, pass, words } = room(['maya', 'tom']);
  of('maya').moveTo(startMs + 9000);
  meet();
  of('tom').follow('maya');
  of('tom').ask();
  meet();
  of('maya').keep('tom');
  meet();
  assert.equal(words, ['tom: maya keeps the playhead']);
  pass(askSilenceMs * 2);
  assert.is(of('maya').mode().state, 'past', 'who was refused does not get it by waiting');
  of('tom').ask();
  meet();
  pass(askSilenceMs - 1);
  assert.is(of('tom').mode().state, 'following');
  pass(1);
  assert.is(of('tom').mode().state, 'past');
  assert.is(of('maya').mode().state, 'following');
});

test('when the holder leaves for good, followers stay where they were; a change of the tab is no leaving', () => {
  const { of, at, meet, pass, leave, words } = room(['maya', 'tom']);
  of('maya').moveTo(startMs + 9000);
  meet();
  of('tom').follow('maya');
  meet();
  leave('maya');
  pass(4999);
  assert.is(of('tom').mode().state, 'following');
  pass(1);
  assert.equal([of('tom').mode().state, at('tom')], ['past', 9]);
  assert.equal(words, ['tom: maya has left: you stay where they were']);
});

test('playback moves everybody who follows, and ends in the present', () => {
  const { of, at, meet, pass } = room(['maya', 'tom']);
  of('tom').follow('maya');
  of('maya').moveTo(startMs + 10_000);
  of('maya').setSpeed(2);
  of('maya').play();
  meet();
  pass(2000);
  assert.equal([at('maya'), at('tom')], [14, 14]);
  of('maya').rest();
  pass(2000);
  assert.is(at('maya'), 14);
  of('maya').play();
  pass(4000);
  assert.equal([of('maya').mode().state, at('tom')], ['live', undefined]);
  of('maya').play();
  assert.is(at('maya'), 0, 'from the present it begins at the beginning');
});

test.run();
