import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cronTimes } from './schedule-times.ts';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

test('five fields count minutes, six count seconds, nicknames and day names are understood', () => {
  const from = at('2024-01-05T10:07:31Z');
  assert.is(iso(cronTimes('*/15 * * * *', undefined, 'UTC').next(from)), '2024-01-05T10:15:00.000Z');
  assert.is(iso(cronTimes('*/10 * * * * *', undefined, 'UTC').next(from)), '2024-01-05T10:07:40.000Z');
  assert.is(iso(cronTimes('@hourly', undefined, 'UTC').next(from)), '2024-01-05T11:00:00.000Z');
  assert.is(iso(cronTimes('@daily', undefined, 'UTC').next(from)), '2024-01-06T00:00:00.000Z');
  assert.is(iso(cronTimes('0 9 * * 7', undefined, 'UTC').next(from)), '2024-01-07T09:00:00.000Z');
  assert.is(iso(cronTimes('0 9 * * MON', undefined, 'UTC').next(from)), '2024-01-08T09:00:00.000Z');
});

test('a schedule follows the clock of its own zone over the change to summer time', () => {
  const paris = cronTimes('0 9 * * *', 'Europe/Paris', 'UTC');
  assert.is(iso(paris.next(at('2024-03-30T09:00:00Z'))), '2024-03-31T07:00:00.000Z');
  assert.is(paris.text(at('2024-03-31T07:00:00Z')), '2024-03-31T09:00:00.000+02:00');
});

test('the date before is the one before, also when asked exactly at a date', () => {
  const hourly = cronTimes('0 * * * *', undefined, 'UTC');
  assert.is(iso(hourly.previous(at('2024-01-05T10:00:00Z'))), '2024-01-05T09:00:00.000Z');
  assert.is(iso(hourly.next(at('2024-01-05T10:00:00Z'))), '2024-01-05T11:00:00.000Z');
});

test('an expression that is no cron is refused', () => {
  assert.throws(() => cronTimes('every monday', undefined, 'UTC'));
});

test.run();
