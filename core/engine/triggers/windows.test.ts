import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextEndMs, offsetMinutes, timeOfDayMs, windowAt, windowOfDependsOn, windowOfTimeWindow, type TriggerWindow } from './windows.ts';

const at = (text: string): number => Date.parse(text);
const shown = (window: TriggerWindow, now: string): string => {
  const stretch = windowAt(window, at(now));
  return stretch === undefined ? 'none' : `${new Date(stretch.startMs).toISOString()} ${new Date(stretch.endMs).toISOString()}`;
};

test('windows of a day stand side by side from midnight of the zone, or where windowAdvance says', () => {
  assert.is(shown(windowOfTimeWindow(undefined, 'UTC'), '2026-01-05T10:07:31Z'), '2026-01-05T00:00:00.000Z 2026-01-05T23:59:59.999Z');
  assert.is(shown(windowOfTimeWindow({ window: 'P1D', windowAdvance: 'PT6H' }, 'UTC'), '2026-01-05T03:00:00Z'), '2026-01-04T06:00:00.000Z 2026-01-05T05:59:59.999Z');
  assert.is(shown(windowOfTimeWindow({ window: 'P1D' }, 'Europe/Paris'), '2026-01-05T23:30:00Z'), '2026-01-05T23:00:00.000Z 2026-01-06T22:59:59.999Z');
});

test('windows of hours and minutes begin with the unit', () => {
  assert.is(shown(windowOfTimeWindow({ window: 'PT1H' }, 'UTC'), '2026-01-05T10:07:31Z'), '2026-01-05T10:00:00.000Z 2026-01-05T10:59:59.999Z');
  assert.is(shown(windowOfTimeWindow({ window: 'PT6H' }, 'UTC'), '2026-01-05T10:07:31Z'), '2026-01-05T06:00:00.000Z 2026-01-05T11:59:59.999Z');
  assert.is(shown(windowOfTimeWindow({ window: 'PT15M' }, 'UTC'), '2026-01-05T10:47:31Z'), '2026-01-05T10:45:00.000Z 2026-01-05T10:59:59.999Z');
});

test('on the days when the clock is changed a day has 23 or 25 hours, and windows leave no gap', () => {
  const paris = windowOfTimeWindow({ window: 'P1D' }, 'Europe/Paris');
  assert.is(shown(paris, '2026-03-29T12:00:00Z'), '2026-03-28T23:00:00.000Z 2026-03-29T21:59:59.999Z');
  assert.is(shown(paris, '2026-10-25T12:00:00Z'), '2026-10-24T22:00:00.000Z 2026-10-25T22:59:59.999Z');
});

test('each moment is in exactly one window of whatever length, and the end of one is the beginning of the next', () => {
  let seed = 12345;
  const random = (): number => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return seed / 0x7fffffff; };
  const lengths = ['PT10S', 'PT1M', 'PT7M', 'PT1H', 'PT5H', 'PT24H', 'P1D', 'P2D', 'P7D'];
  for (let round = 0; round < 2000; round += 1) {
    const window = windowOfTimeWindow({ window: lengths[Math.floor(random() * lengths.length)], windowAdvance: ['PT0S', 'PT6H', 'PT13M'][Math.floor(random() * 3)] }, ['UTC', 'Europe/Paris', 'America/New_York'][Math.floor(random() * 3)] ?? 'UTC');
    const now = at('2026-01-01T00:00:00Z') + Math.floor(random() * 400 * 86_400_000);
    const stretch = windowAt(window, now);
    assert.ok(stretch !== undefined && stretch.startMs <= now && now <= stretch.endMs, `round ${round}`);
    assert.equal(windowAt(window, stretch?.startMs ?? 0), stretch);
  }
});

test('a sliding window looks back; a daily one has its hours, perhaps over midnight', () => {
  assert.is(shown(windowOfTimeWindow({ type: 'SLIDING_WINDOW', window: 'PT1H' }, 'UTC'), '2026-01-05T10:00:00Z'), '2026-01-05T09:00:00.001Z 2026-01-05T10:00:00.000Z');
  const office = windowOfTimeWindow({ type: 'DAILY_TIME_WINDOW', startTime: '08:00:00', endTime: '18:00:00' }, 'UTC');
  assert.is(shown(office, '2026-01-05T10:00:00Z'), '2026-01-05T08:00:00.000Z 2026-01-05T18:00:00.000Z');
  assert.is(shown(office, '2026-01-05T18:00:01Z'), 'none');
  assert.is(shown(windowOfDependsOn({ from: '22:00', to: '02:00' }, 'UTC'), '2026-01-05T01:00:00Z'), '2026-01-04T22:00:00.000Z 2026-01-05T02:00:00.000Z');
});

test('a deadline is a window from midnight to its time; its next end is the next deadline, by the wall clock', () => {
  const deadline = windowOfDependsOn({ deadline: '09:00:00', timezone: 'Europe/Paris' }, 'UTC');
  assert.is(shown(deadline, '2026-01-05T08:00:00Z'), '2026-01-04T23:00:00.000Z 2026-01-05T08:00:00.000Z');
  assert.is(shown(deadline, '2026-01-05T08:00:01Z'), 'none');
  assert.is(nextEndMs(deadline, at('2026-03-28T12:00:00Z')), at('2026-03-29T07:00:00Z'));
});

test('times of day and their offsets', () => {
  assert.is(timeOfDayMs('09:00'), 9 * 3_600_000);
  assert.is(timeOfDayMs('23:59:59.5'), 86_399_500);
  assert.is(timeOfDayMs('24:00'), undefined);
  assert.is(offsetMinutes('09:00:00+02:30'), 150);
  assert.is(offsetMinutes('09:00:00Z'), 0);
  assert.is(offsetMinutes('09:00:00'), undefined);
});

test('what can not be read is named with what was expected', () => {
  assert.throws(() => windowOfTimeWindow({ window: 'a day' }, 'UTC'), /"window" is "a day"; expected an ISO-8601 duration/);
  assert.throws(() => windowOfTimeWindow({ type: 'DAILY_TIME_DEADLINE' }, 'UTC'), /"deadline" is missing; expected a time of day/);
  assert.throws(() => windowOfTimeWindow({ window: 'PT0S' }, 'UTC'), /longer than nothing/);
});

test.run();
