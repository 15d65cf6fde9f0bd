import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trigger } from '../../../../core/protocol/entities/trigger.ts';
import type { TriggerCalendar } from '../../../../core/protocol/operations/triggers.ts';
import { layOut, switchedOff } from './layout.ts';
import { shownDays } from './load.ts';
import { createZone, dayText } from './zone-days.ts';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();
const trigger = (triggerId: string, more: Partial<Trigger> = {}): Trigger => ({ namespace: 'team', flowId: 'orders', triggerId, type: 'io.kestra.plugin.core.trigger.Schedule', kind: 'SCHEDULE', disabled: false, sourceDisabled: false, locked: false, ...more });
const calendar = (more: Partial<TriggerCalendar>): TriggerCalendar => ({ from: '', to: '', rows: [], total: 0, runs: [], runsCut: false, ...more });

test('days of a zone begin at its midnight, also when the clock is changed', () => {
  const { startOfDay, addDays, startOfWeek, wall, dayOf } = createZone('Europe/Paris');
  assert.is(iso(startOfDay(at('2026-03-29T12:00:00Z'))), '2026-03-28T23:00:00.000Z');
  assert.is(iso(addDays(at('2026-03-28T23:00:00Z'), 1)), '2026-03-29T22:00:00.000Z');
  assert.is(iso(addDays(at('2026-10-24T22:00:00Z'), 1)), '2026-10-25T23:00:00.000Z');
  assert.is(iso(startOfWeek(at('2026-11-24T12:00:00Z'))), '2026-11-22T23:00:00.000Z');
  assert.is(dayText(wall(at('2026-11-22T23:30:00Z'))), '2026-11-23');
  assert.is(iso(dayOf('2026-07-01') ?? 0), '2026-06-30T22:00:00.000Z');
  assert.is(dayOf('tomorrow'), undefined);
});

test('a week has seven days from Monday, a day one; an address chooses which', () => {
  const week = shownDays(new URLSearchParams('date=2026-11-25'), 'UTC', at('2026-01-01T00:00:00Z'));
  assert.equal(week.days.map(iso).map((text) => text.slice(0, 10)), ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29']);
  assert.is(iso(week.endMs), '2026-11-29T23:59:59.999Z');
  assert.equal(shownDays(new URLSearchParams('span=day'), 'UTC', at('2026-01-05T10:00:00Z')).days.map(iso), ['2026-01-05T00:00:00.000Z']);
});

test('dates to come and starts of one trigger in one hour stand together; what is switched off is counted apart', () => {
  const layout = layOut(calendar({
    total: 2,
    rows: [
      { trigger: trigger('often'), dates: ['2026-11-24T10:15:00Z', '2026-11-24T10:45:00Z', '2026-11-25T10:15:00Z'], isCut: false },
      { trigger: trigger('off', { disabled: true }), dates: ['2026-11-24T10:20:00Z'], isCut: false },
    ],
    runs: [
      { namespace: 'team', flowId: 'orders', triggerId: 'often', executionId: 'a', startDate: '2026-11-24T09:15:00Z', state: 'SUCCESS' },
      { namespace: 'team', flowId: 'orders', triggerId: 'often', executionId: 'b', startDate: '2026-11-24T09:45:00Z', state: 'FAILED' },
    ],
  }), { zone: 'UTC', days: [at('2026-11-24T00:00:00Z'), at('2026-11-25T00:00:00Z')], nowMs: at('2026-11-24T10:47:00Z') });
  const [today, tomorrow] = layout.days;
  assert.equal(today?.hours[10]?.map((entry) => [entry.type, entry.count]), [['coming', 2], ['coming', 1]]);
  const past = today?.hours[9]?.[0];
  // The one that failed is the one to be looked at.
  assert.equal(past?.type === 'past' ? [past.run.executionId, past.count, past.failed] : [], ['b', 2, 1]);
  assert.equal([layout.coming, layout.off, layout.past, layout.now, today?.isToday, tomorrow?.isToday, today?.coming, today?.past], [3, 1, 2, { hour: 10, quarter: 3 }, true, false, 2, 2]);
});

test('the list of what is switched off begins with the latest', () => {
  const rows = ['a', 'b'].map((id, index) => ({ trigger: trigger(id, { disabled: true, switched: { by: 'Ada', date: `2026-11-2${index}T00:00:00Z` } }), dates: [], isCut: false }));
  assert.equal(switchedOff(calendar({ rows: [...rows, { trigger: trigger('on'), dates: [], isCut: false }] })).map((one) => one.triggerId), ['b', 'a']);
});

test.run();
