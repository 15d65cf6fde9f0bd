import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isHoliday } from './date/holidays.ts';
import { render } from './index.ts';
import { testingWorld } from './testing-world.ts';

const on = (country: string, date: string, part?: string): boolean | undefined => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return isHoliday(country, part, { year, month, day });
};

test('fixed dates, distances from both Easters, and weekdays of a month', () => {
  for (const [country, ...dates] of [
    ['FR', '2026-07-14', '2026-04-06', '2026-05-14', '2026-05-25'], ['DE', '2026-10-03', '2025-04-18'], ['US', '2026-11-26', '2026-01-19', '2026-05-25', '2026-06-19'],
    ['GR', '2026-04-13', '2026-02-23'], ['CA', '2026-05-18'], ['SE', '2026-06-20', '2026-10-31'], ['GB', '2026-05-04'], ['NL', '2026-04-27'], ['RO', '2026-04-10'], ['fr', '2024-11-11'],
  ] as const) for (const date of dates) assert.is(on(country, date), true, `${country} ${date}`);
  for (const [country, date] of [['FR', '2026-07-15'], ['US', '2020-06-19'], ['GR', '2026-04-06'], ['DE', '2026-01-06']] as const) assert.is(on(country, date), false, `${country} ${date}`);
});

test('what holds in a part of a country holds there alone', () => {
  assert.is(on('DE', '2026-01-06', 'BY'), true);
  assert.is(on('DE', '2026-01-06', 'de-by'), true);
  assert.is(on('DE', '2026-01-06', 'BE'), false);
  assert.is(on('DE', '2026-11-18', 'SN'), true);
  assert.is(on('FR', '2026-04-03', '67'), true);
  assert.is(on('FR', '2026-04-03'), false);
});

test('a date on a weekend has the substitute of its country, over the turn of the year as well', () => {
  assert.is(on('US', '2026-07-03'), true);
  assert.is(on('US', '2021-12-31'), true);
  assert.is(on('GB', '2027-12-27') === true && on('GB', '2027-12-28') === true, true);
  assert.is(on('GB', '2026-12-28'), true);
  assert.is(on('ZA', '2026-08-10'), true);
});

test('in an expression; a country that is not known is refused with those that are', () => {
  const world = testingWorld;
  assert.is(render('{{ isPublicHoliday("2026-07-14", "FR") }} {{ isPublicHoliday("2026-07-14T00:30:00+02:00", "FR", timeZone="Europe/Paris") }}', { variables: {}, world }), 'true true');
  assert.throws(() => render('{{ isPublicHoliday("2026-07-14", "XX") }}', { variables: {}, world }), /knows no public holidays of `XX`; it knows those of AT, AU/);
});

test.run();
