/** Schedules with the clock in hand: changes of summer time, leap days, nights off, backfills. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testScheduler, type TestScheduler } from './testing-scheduler.ts';

const at = (text: string): number => Date.parse(text);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const schedule = (more: string): string => `triggers:\n  - id: tick\n    type: io.kestra.plugin.core.trigger.Schedule\n${more.split('\n').map((line) => `    ${line}`).join('\n')}\n`;
/** Starts at a moment, runs, and ends each execution at once, unless `holds`. */
async function bench(now: string, check: (world: TestScheduler) => Promise<void> | void, options: { readonly timeZone?: string; readonly level?: '0.20' | '1.x' } = {}): Promise<void> {
  const world = await testScheduler({ nowMs: at(now), ...options });
  try {
    await check(world);
  } finally {
    await world.close();
  }
}
const dates = (world: TestScheduler): readonly string[] => world.started.map((one) => String(one.request.trigger?.variables['date']));
/** Lets time pass in steps; executions end as soon as they have begun. */
function pass(world: TestScheduler, ms: number, stepMs = minute): void {
  const ended = new Set<string>();
  for (let passed = 0; passed < ms; passed += stepMs) {
    world.ambient.advance(stepMs);
    for (let again = true; again;) {
      again = false;
      for (const one of [...world.started]) if (!ended.has(one.id)) { ended.add(one.id); world.end(one.id); world.ambient.advance(0); again = true; }
    }
  }
}

test('two changes of summer time: a date that the clock skips or repeats runs once', () => bench('2026-03-28T12:00:00Z', (world) => {
  world.publish('paris', schedule('cron: "30 2 * * *"\ntimezone: Europe/Paris'));
  pass(world, 3 * day, 10 * minute);
  // On 29 March there is no 02:30: it runs at the moment at which the clock jumps over it.
  assert.equal(dates(world), ['2026-03-29T03:00:00.000+02:00', '2026-03-30T02:30:00.000+02:00', '2026-03-31T02:30:00.000+02:00']);
  world.started.length = 0;
  world.ambient.advance(at('2026-10-24T12:00:00Z') - world.ambient.clock.nowMs());
  for (const one of [...world.started]) world.end(one.id);
  world.started.length = 0;
  world.publish('autumn', schedule('cron: "30 2 * * *"\ntimezone: Europe/Paris'));
  world.publish('paris', 'description: gone\n');
  pass(world, 2 * day, 10 * minute);
  // On 25 October there are two: the first one counts.
  assert.equal(dates(world), ['2026-10-25T02:30:00.000+02:00', '2026-10-26T02:30:00.000+01:00']);
}));

test('an hourly schedule loses and doubles nothing at either change', () => bench('2026-03-28T22:59:00Z', (world) => {
  world.publish('hourly', schedule('cron: "0 * * * *"\ntimezone: Europe/Paris'));
  pass(world, 6 * hour);
  const spring = world.started.map((one) => at(String(one.request.trigger?.variables['date'])));
  assert.equal(spring, [0, 1, 2, 3, 4, 5].map((hours) => at('2026-03-28T23:00:00Z') + hours * hour));
  for (const one of world.started) assert.is(one.atMs, at(String(one.request.trigger?.variables['date'])));
}));

test('a leap day is a date like any other, and 29 February waits for it', () => bench('2027-03-01T00:00:00Z', (world) => {
  world.publish('leap', schedule('cron: "0 6 29 2 *"'));
  assert.is(world.row('leap', 'tick')?.nextAtMs, at('2028-02-29T06:00:00Z'));
  world.ambient.advance(at('2028-02-29T06:00:00Z') - world.ambient.clock.nowMs());
  assert.equal(dates(world), ['2028-02-29T06:00:00.000Z']);
  world.end(world.started[0]?.id ?? '');
  assert.is(world.row('leap', 'tick')?.nextAtMs, at('2032-02-29T06:00:00Z'));
}));

test('a schedule first fires at its next date, not when it is published, and says its neighbours', () => bench('2026-01-05T10:07:31Z', (world) => {
  world.publish('first', schedule('cron: "*/15 * * * *"'));
  assert.equal(world.started, []);
  world.ambient.advance(8 * minute);
  assert.equal(world.started[0]?.request.trigger?.variables, { date: '2026-01-05T10:15:00.000Z', next: '2026-01-05T10:30:00.000Z', previous: '2026-01-05T10:00:00.000Z' });
  assert.equal(world.started[0]?.request.variables, { schedule: world.started[0]?.request.trigger?.variables });
}));

test('seconds, nicknames and Sunday under both its numbers', () => bench('2026-01-03T23:59:58Z', (world) => {
  world.publish('seconds', schedule('cron: "*/10 * * * * *"\nwithSeconds: true'));
  world.publish('daily', schedule('cron: "@daily"'));
  world.publish('sunday', schedule('cron: "0 0 * * 0"'));
  world.publish('seven', schedule('cron: "0 0 * * 7"'));
  world.ambient.advance(3000);
  assert.equal(world.started.map((one) => one.flowId).sort(), ['daily', 'seconds', 'seven', 'sunday']);
}));

test('EN34 a date waits while the execution before runs, then is served; allowConcurrent does not wait', () => bench('2026-01-01T00:00:00Z', (world) => {
  world.publish('held', schedule('cron: "* * * * *"'));
  world.publish('free', schedule('cron: "* * * * *"\nallowConcurrent: true'));
  world.ambient.advance(3 * minute);
  assert.is(world.started.filter((one) => one.flowId === 'held').length, 1);
  assert.is(world.started.filter((one) => one.flowId === 'free').length, 3);
  assert.is(world.row('held', 'tick')?.executionId, world.started.find((one) => one.flowId === 'held')?.id);
  world.end(world.started.find((one) => one.flowId === 'held')?.id ?? '');
  world.ambient.advance(0);
  assert.equal(world.started.filter((one) => one.flowId === 'held').map((one) => one.request.trigger?.variables['date']), ['2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']);
}));

for (const [choice, expected] of [
  ['ALL', ['2026-01-01T23:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-02T01:00:00.000Z', '2026-01-02T02:00:00.000Z']],
  ['LAST', ['2026-01-02T02:00:00.000Z']],
  ['NONE', []],
] as const) {
  test(`EN36 after a night off, recoverMissedSchedules ${choice} serves what it says`, () => bench('2026-01-01T22:30:00Z', async (world) => {
    world.publish('night', schedule(`cron: "0 * * * *"\nrecoverMissedSchedules: ${choice}`));
    await world.restart(4 * hour);
    pass(world, 5 * minute);
    assert.equal(dates(world), expected);
    pass(world, hour);
    assert.equal(dates(world), [...expected, '2026-01-02T03:00:00.000Z']);
  }));
}

test('lateMaximumDelay leaves out what comes too late, and says so in the log', () => bench('2026-01-01T22:30:00Z', async (world) => {
  world.publish('late', schedule('cron: "0 * * * *"\nlateMaximumDelay: PT1H15M'));
  await world.restart(4 * hour);
  pass(world, 2 * minute);
  assert.equal(dates(world), ['2026-01-02T02:00:00.000Z']);
  assert.match(world.log('late', 'tick').join('\n'), /WARN The date 2026-01-01T23:00:00.000Z is left out: it is later than lateMaximumDelay allows/);
}));

test('conditions on the calendar choose the dates, their neighbours too', () => bench('2026-01-01T12:00:00Z', (world) => {
  world.publish('monday', schedule('cron: "0 9 * * *"\nconditions:\n  - type: io.kestra.plugin.core.condition.DayWeek\n    dayOfWeek: MONDAY'));
  assert.is(world.row('monday', 'tick')?.nextAtMs, at('2026-01-05T09:00:00Z'));
  pass(world, 7 * day, hour);
  assert.equal(world.started.map((one) => one.request.trigger?.variables), [{ date: '2026-01-05T09:00:00.000Z', next: '2026-01-12T09:00:00.000Z', previous: '2025-12-29T09:00:00.000Z' }]);
}));

test('a public holiday is that of the schedule\'s own day; a country that is not known is told', () => bench('2026-07-12T12:00:00Z', (world) => {
  world.publish('bastille', schedule('cron: "30 0 * * *"\ntimezone: Europe/Paris\nconditions:\n  - type: io.kestra.plugin.core.condition.PublicHoliday\n    country: FR'));
  world.publish('nowhere', schedule('cron: "30 0 * * *"\nconditions:\n  - type: io.kestra.plugin.core.condition.PublicHoliday\n    country: XX'));
  pass(world, 4 * day, hour);
  assert.equal(dates(world), ['2026-07-14T00:30:00.000+02:00']);
  assert.match(world.row('nowhere', 'tick')?.problem ?? '', /knows no public holidays of "XX"/);
}));

test('`when` filters dates and their neighbours like conditions', () => bench('2026-01-01T12:00:00Z', (world) => {
  world.publish('even', schedule('cron: "0 * * * *"\nwhen: "{{ trigger.date | date(\'H\') | number(\'INT\') % 2 == 0 }}"'));
  pass(world, 4 * hour);
  assert.equal(dates(world), ['2026-01-01T14:00:00.000Z', '2026-01-01T16:00:00.000Z']);
  assert.is(world.started[0]?.request.trigger?.variables['next'], '2026-01-01T16:00:00.000Z');
}));

const broken = 'cron: "0 * * * *"\nconditions:\n  - type: io.kestra.plugin.core.condition.Expression\n    expression: "{{ nothing.here }}"';
test('a condition that can not be evaluated starts nothing and is told; with failOnTriggerError it leaves a failed execution', () => bench('2026-01-01T12:30:00Z', (world) => {
  world.publish('broken', schedule(broken));
  world.publish('failing', schedule(`${broken}\nfailOnTriggerError: true`));
  world.ambient.advance(hour);
  assert.equal(world.started.map((one) => one.flowId), ['failing']);
  assert.match(world.started[0]?.request.refused ?? '', /The trigger "tick" could not start this execution: .*nothing/);
  assert.match(world.row('broken', 'tick')?.problem ?? '', /the condition Expression can not be evaluated: .*nothing/);
  assert.match(world.log('broken', 'tick').join('\n'), /ERROR The date 2026-01-01T13:00:00.000Z starts nothing/);
  assert.is(world.row('broken', 'tick')?.nextAtMs, at('2026-01-01T14:00:00Z'));
}));

test('in level 0.20 a condition that can not be evaluated leaves a failed execution', () => bench('2026-01-01T12:30:00Z', (world) => {
  world.publish('old', schedule(broken));
  world.ambient.advance(hour);
  assert.match(world.started[0]?.request.refused ?? '', /nothing/);
}, { level: '0.20' }));

test('ScheduleOnDates runs its dates to come, in its zone, and then has none', () => bench('2026-01-01T00:00:00Z', (world) => {
  world.publish('dates', 'triggers:\n  - id: tick\n    type: io.kestra.plugin.core.trigger.ScheduleOnDates\n    timezone: Europe/Paris\n    dates:\n      - "2026-07-01T09:00:00"\n      - "2025-01-01T00:00:00Z"\n      - "2026-03-01T09:00:00"\n');
  assert.is(world.row('dates', 'tick')?.nextAtMs, at('2026-03-01T08:00:00Z'));
  pass(world, 365 * day, 6 * hour);
  assert.equal(dates(world), ['2026-03-01T09:00:00.000+01:00', '2026-07-01T09:00:00.000+02:00']);
  assert.is(world.row('dates', 'tick')?.nextAtMs, undefined);
}));

const key = (flowId: string) => ({ namespace: 'test', flowId, triggerId: 'tick' });
test('a backfill runs each date of its range one after the other with its inputs and labels; the schedule goes on afterwards', () => bench('2026-01-10T12:30:00Z', (world) => {
  world.publish('back', `inputs:\n  - id: who\n    type: STRING\n    required: false\n${schedule('cron: "0 0 * * *"\nlabels:\n  own: "yes"')}`);
  const asked = world.scheduler.command('main', key('back'), { type: 'backfill', startMs: at('2026-01-01T00:00:00Z'), endMs: at('2026-01-03T12:00:00Z'), inputs: { who: 'past' }, labels: [{ key: 'run', value: 'backfill' }] }, 'Ada');
  assert.ok(asked.ok && asked.value.backfill?.currentDate === '2026-01-01T00:00:00.000Z');
  world.ambient.advance(0);
  assert.is(world.started.length, 1, 'one after the other');
  assert.equal(world.started[0]?.request.inputs, { who: 'past' });
  assert.equal(world.started[0]?.request.labels, [{ key: 'own', value: 'yes' }, { key: 'run', value: 'backfill' }]);
  pass(world, 5 * minute);
  assert.equal(dates(world), ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z']);
  assert.is(world.row('back', 'tick')?.backfill, undefined);
  assert.is(world.row('back', 'tick')?.nextAtMs, at('2026-01-11T00:00:00Z'));
}));

test('a backfill is paused, continued and deleted; while it is paused the schedule runs', () => bench('2026-01-10T23:30:00Z', (world) => {
  world.publish('paused', schedule('cron: "0 0 * * *"'));
  const command = (type: 'pauseBackfill' | 'continueBackfill' | 'deleteBackfill') => world.scheduler.command('main', key('paused'), { type }, 'Ada');
  const none = command('pauseBackfill');
  assert.ok(!none.ok && none.problem.status === 400 && /No backfill found/.test(none.problem.message));
  world.scheduler.command('main', key('paused'), { type: 'backfill', startMs: at('2026-01-01T00:00:00Z'), endMs: at('2026-01-05T00:00:00Z') }, 'Ada');
  world.ambient.advance(0);
  command('pauseBackfill');
  pass(world, hour);
  assert.equal(dates(world), ['2026-01-01T00:00:00.000Z', '2026-01-11T00:00:00.000Z']);
  command('continueBackfill');
  world.ambient.advance(0);
  assert.is(dates(world)[2], '2026-01-02T00:00:00.000Z');
  const deleted = command('deleteBackfill');
  assert.ok(deleted.ok && deleted.value.backfill === undefined && deleted.value.nextExecutionDate === '2026-01-12T00:00:00.000Z');
  assert.match(world.log('paused', 'tick').join('\n'), /INFO Ada has paused the backfill[\s\S]*Ada has continued the backfill[\s\S]*Ada has deleted the backfill/);
}));

test('a backfill that makes no sense is refused with its reason', () => bench('2026-01-10T12:00:00Z', (world) => {
  world.publish('sense', schedule('cron: "0 0 * * *"'));
  world.publish('hook', 'triggers:\n  - id: tick\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: a-key\n');
  const ask = (flowId: string, start: string, end: string) => world.scheduler.command('main', key(flowId), { type: 'backfill', startMs: at(start), endMs: at(end) }, 'Ada');
  const reason = (reply: ReturnType<typeof ask>): string => (reply.ok ? 'taken' : `${reply.problem.status} ${reply.problem.message}`);
  assert.match(reason(ask('sense', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z')), /422 .*the start of the backfill is after its end/);
  assert.match(reason(ask('sense', '2026-01-02T01:00:00Z', '2026-01-02T02:00:00Z')), /400 .*has no date from/);
  assert.match(reason(ask('hook', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')), /422 .*only a Schedule has dates to backfill/);
}));

test('EN33 stopAfter switches off, with the execution as the reason; the source alone can not switch on again', () => bench('2026-01-01T00:00:30Z', (world) => {
  world.publish('stops', schedule('cron: "* * * * *"\nstopAfter: [FAILED]'));
  world.ambient.advance(minute);
  const first = world.started[0]?.id ?? '';
  world.end(first, 'SUCCESS');
  world.ambient.advance(minute);
  world.end(world.started[1]?.id ?? '', 'FAILED');
  pass(world, 5 * minute);
  assert.is(world.started.length, 2);
  const row = world.row('stops', 'tick');
  assert.ok(row?.disabled && row.switched?.by === 'stopAfter' && /ended FAILED/.test(row.switched.reason ?? ''));
  world.publish('stops', `description: new\n${schedule('cron: "* * * * *"\nstopAfter: [FAILED]')}`);
  pass(world, 2 * minute);
  assert.is(world.started.length, 2, 'the state in the store is the truth');
}));

test('who switches off leaves a reason; switched on again it goes on with the next date', () => bench('2026-01-01T00:30:00Z', (world) => {
  world.publish('switch', schedule('cron: "0 * * * *"'));
  world.scheduler.command('main', key('switch'), { type: 'setDisabled', disabled: true, reason: ' the warehouse moves ' }, 'Priya');
  pass(world, 5 * hour);
  assert.equal(world.started, []);
  assert.equal(world.row('switch', 'tick')?.switched, { by: 'Priya', atMs: at('2026-01-01T00:30:00Z'), reason: 'the warehouse moves' });
  world.scheduler.command('main', key('switch'), { type: 'setDisabled', disabled: false }, 'Ada');
  assert.is(world.row('switch', 'tick')?.nextAtMs, at('2026-01-01T06:00:00Z'));
  assert.equal(world.log('switch', 'tick'), ['INFO Priya has switched it off: the warehouse moves', 'INFO Ada has switched it on']);
}));

test('a changed cron has a new next date, another change leaves it; a removed trigger loses its state', () => bench('2026-01-01T00:30:00Z', (world) => {
  world.publish('changed', schedule('cron: "0 * * * *"'));
  world.publish('changed', `description: more\n${schedule('cron: "0 * * * *"')}`);
  assert.is(world.row('changed', 'tick')?.nextAtMs, at('2026-01-01T01:00:00Z'));
  world.publish('changed', schedule('cron: "45 * * * *"'));
  assert.is(world.row('changed', 'tick')?.nextAtMs, at('2026-01-01T00:45:00Z'));
  world.scheduler.command('main', key('changed'), { type: 'setDisabled', disabled: true }, 'Ada');
  world.publish('changed', 'description: no trigger\n');
  assert.is(world.row('changed', 'tick'), undefined);
  assert.equal(world.log('changed', 'tick'), []);
}));

test('a flow that can not be read any more keeps its triggers, which say so and start nothing, until it can', () => bench('2026-01-01T00:30:00Z', (world) => {
  world.publish('lost', schedule('cron: "* * * * *"'));
  world.publish('lost', 'tasks:\n  - id: t\n    type: io.gone.Task\n');
  assert.is(world.row('lost', 'tick')?.sourceMissing, true);
  pass(world, 3 * minute);
  assert.equal(world.started, []);
  assert.match(world.log('lost', 'tick').join('\n'), /ERROR The flow can not be read any more: .*io\.gone\.Task/);
  world.publish('lost', schedule('cron: "* * * * *"'));
  pass(world, 2 * minute);
  assert.is(world.row('lost', 'tick')?.sourceMissing, undefined);
  assert.ok(world.started.length >= 1);
}));

test('unlock, restart and delete: the lock is forgotten, the state is made anew', () => bench('2026-01-01T00:00:30Z', (world) => {
  world.publish('lock', schedule('cron: "* * * * *"'));
  const command = (type: 'unlock' | 'restart' | 'delete') => world.scheduler.command('main', key('lock'), { type }, 'Ada');
  const free = command('unlock');
  assert.ok(!free.ok && free.problem.status === 409 && /Trigger is not locked/.test(free.problem.message));
  world.ambient.advance(minute);
  const unlocked = command('unlock');
  assert.ok(unlocked.ok && !unlocked.value.locked && unlocked.value.executionId === undefined);
  world.ambient.advance(minute);
  assert.is(world.started.length, 2);
  const restarted = command('restart');
  assert.ok(restarted.ok && !restarted.value.locked && restarted.value.nextExecutionDate === '2026-01-01T00:03:00.000Z');
  world.scheduler.command('main', key('lock'), { type: 'setDisabled', disabled: true }, 'Ada');
  const deleted = command('delete');
  assert.ok(deleted.ok && !deleted.value.disabled, 'as the source says');
  assert.is(world.row('lock', 'tick')?.switched, undefined);
}));

test('after a crash with its execution still running it stays locked; with the execution gone it is free', () => bench('2026-01-01T00:00:30Z', async (world) => {
  world.publish('crash', schedule('cron: "* * * * *"'));
  world.ambient.advance(minute);
  await world.restart();
  pass(world, 0);
  assert.is(world.row('crash', 'tick')?.executionId, world.started[0]?.id);
  world.end(world.started[0]?.id ?? '', 'KILLED');
  assert.is(world.row('crash', 'tick')?.executionId, undefined);
}));

test('a retried execution keeps the lock: the one that takes over frees it', () => bench('2026-01-01T00:00:30Z', (world) => {
  world.publish('retried', schedule('cron: "* * * * *"'));
  world.ambient.advance(minute);
  world.end(world.started[0]?.id ?? '', 'RETRIED');
  assert.is(world.row('retried', 'tick')?.executionId, world.started[0]?.id);
}));

test('ten thousand schedules: the next one that is due costs microseconds, whatever else waits', () => bench('2026-01-01T00:00:00Z', (world) => {
  for (let index = 0; index < 100; index += 1) {
    const triggers = Array.from({ length: 100 }, (_, one) => `  - id: t${one}\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "${(index + one) % 60} ${4 + ((index * one) % 20)} * * *"\n    disabled: false\n`).join('');
    world.publish(`many_${index}`, `triggers:\n${triggers}`);
  }
  world.publish('busy', schedule('cron: "* * * * *"\nallowConcurrent: true'));
  const begunMs = performance.now();
  world.ambient.advance(3 * hour);
  const perFireMs = (performance.now() - begunMs) / world.started.length;
  assert.is(world.started.length, 180);
  process.stdout.write(`one due date among 10,001 triggers: ${(perFireMs * 1000).toFixed(0)} µs\n`);
  assert.ok(perFireMs < 5, `${perFireMs} ms`);
}));

test.run();
