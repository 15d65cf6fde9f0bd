import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dayFormatter } from '../../store/index.ts';
import { shownSlots, slotAt, slotsOf } from './slots.ts';

const utc = dayFormatter('UTC');
const berlin = dayFormatter('Europe/Berlin');
const at = (text: string): number => Date.parse(text);

test('an hour is told in minutes, two days in hours, a month in days, a year in weeks', () => {
  const end = at('2026-11-24T12:34:56Z');
  const of = (hours: number) => slotsOf(end - hours * 3_600_000, end, utc);
  assert.equal([1, 48, 24 * 30, 24 * 365].map((hours) => of(hours).unit), ['minute', 'hour', 'day', 'week']);
  for (const hours of [1, 5, 12, 24, 48, 24 * 7, 24 * 30, 24 * 365]) assert.ok(of(hours).bounds.length <= 64, `${hours} h give ${of(hours).bounds.length}`);
});
test('days begin at midnight of the zone, also when summer time ends', () => {
  const { bounds } = slotsOf(at('2026-10-22T10:00:00Z'), at('2026-10-27T10:00:00Z'), berlin);
  assert.equal(bounds.map((bound) => new Date(bound).toISOString()), ['2026-10-21T22:00:00.000Z', '2026-10-22T22:00:00.000Z', '2026-10-23T22:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z', '2026-10-27T23:00:00.000Z']);
});
test('a moment is in the slot that begins at or before it, and in none outside', () => {
  const slots = slotsOf(at('2026-11-20T10:00:00Z'), at('2026-11-24T10:00:00Z'), utc);
  assert.is(slotAt(slots, at('2026-11-20T00:00:00Z')), 0);
  assert.is(slotAt(slots, at('2026-11-24T23:59:59Z')), 4);
  assert.is(slotAt(slots, at('2026-11-25T00:00:00Z')), undefined);
  assert.is(slotAt(slots, at('2026-11-19T23:59:59Z')), undefined);
  assert.equal(shownSlots(slots, (index) => ({ index })).at(-1), { start: '2026-11-24T00:00:00.000Z', end: '2026-11-25T00:00:00.000Z', index: 4 });
});
test.run();
