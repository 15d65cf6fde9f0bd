import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cronTimes, dateTimes, satisfying } from './schedule-times.ts';

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

test('over random crons, zones and moments: next and previous are neighbours, and each date shows what the cron says', () => {
  let seed = 20261124;
  const random = (below: number): number => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return seed % below; };
  const zones = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  let gaps = 0;
  for (let round = 0; round < 300; round += 1) {
    const [minute, hour] = [random(60), random(24)];
    const zone = zones[random(zones.length)] ?? 'UTC';
    const cron = [`${minute} ${hour} * * *`, `${minute} * * * *`, `*/${1 + random(29)} ${hour} * * *`, `${minute} ${hour} ${1 + random(28)} * *`, `${minute} ${hour} * * ${random(8)}`][random(5)] ?? '';
    const times = cronTimes(cron, zone, 'UTC');
    const fromMs = Date.parse('2026-01-01T00:00:00Z') + random(730) * 86_400_000 + random(86_400) * 1000;
    const nextMs = times.next(fromMs) ?? 0;
    const afterMs = times.next(nextMs) ?? 0;
    const place = `round ${round}: ${cron} ${zone} from ${new Date(fromMs).toISOString()}`;
    assert.ok(nextMs > fromMs && afterMs > nextMs, place);
    assert.is(Date.parse(times.text(nextMs)), nextMs, place);
    const shown = /T(\d\d):(\d\d)/.exec(times.text(nextMs));
    // Where the clock skips the time of the cron, its date is the end of the gap.
    if (/^\d/.test(cron) && Number(shown?.[2]) !== minute) { gaps += 1; continue; }
    assert.is(times.previous(afterMs), nextMs, place);
  }
  assert.ok(gaps < 30, `${gaps} dates in gaps`);
});

test('dates of a list are sorted, without doubles, in their zone', () => {
  const times = dateTimes(['2026-07-01T09:00:00', '2026-03-01T09:00:00Z', '2026-07-01T07:00:00Z'], 'Europe/Paris', 'UTC');
  assert.is(iso(times.next(at('2026-03-01T09:00:00Z'))), '2026-07-01T07:00:00.000Z');
  assert.is(times.next(at('2026-07-01T07:00:00Z')), undefined);
  assert.is(iso(times.previous(at('2027-01-01T00:00:00Z'))), '2026-07-01T07:00:00.000Z');
  assert.throws(() => dateTimes(['soon'], undefined, 'UTC'), /"soon" is not a date; write one such as/);
});

test('a search for dates that hold ends', () => {
  const hourly = satisfying(cronTimes('0 * * * *', undefined, 'UTC'), (ms) => new Date(ms).getUTCHours() === 6, 50);
  assert.is(iso(hourly.next(at('2026-01-01T10:00:00Z'))), '2026-01-02T06:00:00.000Z');
  assert.is(iso(hourly.previous(at('2026-01-01T10:00:00Z'))), '2026-01-01T06:00:00.000Z');
  assert.is(satisfying(cronTimes('0 * * * *', undefined, 'UTC'), () => false, 50).next(0), undefined);
});

test.run();
