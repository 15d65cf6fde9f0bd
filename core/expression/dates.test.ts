// Dates: formats, zones, arithmetic.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, render } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const variables = { t: '2024-05-31T10:20:30.123456789+02:00', d: new Date(1_000) };

function renders(cases: Readonly<Record<string, string>>): void {
  for (const [template, expected] of Object.entries(cases)) assert.is(render(template, { variables, world }), expected, template);
}

test('patterns have the letters of Java', () => {
  renders({
    "{{ t | date(\"yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX\") }}": '2024-05-31T08:20:30.123456789Z', '{{ t | date("EEEE d MMMM yy", timeZone="Europe/Paris", locale="fr") }}': 'vendredi 31 mai 24',
    '{{ t | date("D h:mm a E MMM Q w", timeZone="Europe/Paris") }}': '152 10:20 AM Fri May 2 22', "{{ t | date(\"HH 'o''clock' xx VV\", timeZone='Europe/Paris') }}": "10 o'clock +0200 Europe/Paris", '{{ t | date("O Z", timeZone="Europe/Paris") }}': 'GMT+2 +0200',
  });
});

test('named formats', () => {
  renders({
    '{{ t | date("iso_date_time", timeZone="Europe/Paris") }}': '2024-05-31T10:20:30.123456789+02:00[Europe/Paris]', '{{ t | date("iso_week_date") }}': '2024-W22-5Z', '{{ t | date("iso_ordinal_date") }}': '2024-152Z',
    '{{ t | date("rfc_1123_date_time") }}': 'Fri, 31 May 2024 08:20:30 GMT', '{{ "2024-01-01T00:00:00Z" | date("iso_instant") }}': '2024-01-01T00:00:00Z', '{{ t | date("iso_local_date") }} {{ t | date("iso_offset_time") }}': '2024-05-31 08:20:30.123456789Z',
    '{{ t | date("short") }}': '5/31/24, 8:20 AM',
  });
});

test('inputs are texts with or without zone, seconds, and dates', () => {
  renders({
    '{{ "2024-05-31" | date(timeZone="America/New_York") }}': '2024-05-31T00:00:00.000000-04:00', '{{ 1378653552 | date("sql_seq") }}': '2013-09-08 15:19:12', '{{ d | date("iso_sec") }}': '1970-01-01T00:00:01Z',
    "{{ '5/3/2024 1:05 PM' | date('iso_sec', existingFormat='M/d/yyyy h:mm a') }}": '2024-05-03T13:05:00Z', "{{ '20240531102030' | date('sql_seq', existingFormat='yyyyMMddHHmmss') }}": '2024-05-31 10:20:30', "{{ '31.05.2024 +02:00' | date('iso_sec', existingFormat='dd.MM.yyyy XXX') }}": '2024-05-30T22:00:00Z',
    '{{ now() }}': '2024-05-31T10:20:30.456000Z', '{{ now("HH:mm", timeZone="+05:30") }}': '15:50',
  });
});

test('arithmetic follows the calendar of the zone', () => {
  renders({
    "{{ '2024-01-31' | dateAdd(1, 'MONTHS') | date('yyyy-MM-dd') }}": '2024-02-29', "{{ '2024-03-30T12:00:00+01:00' | dateAdd(1, 'DAYS', timeZone='Europe/Paris') }}": '2024-03-31T12:00:00.000000+02:00',
    "{{ '2024-03-30T12:00:00+01:00' | dateAdd(24, 'HOURS', timeZone='Europe/Paris') }}": '2024-03-31T13:00:00.000000+02:00',
  });
  renders({ "{{ t | dateAdd(-124, 'MILLIS', format='ss.SSSSSSSSS') }} {{ t | dateAdd(-457, 'MICROS', format='ss.SSSSSSSSS') }} {{ t | dateAdd(-457000000, 'NANOS', format='ss.SSSSSSSSS') }}": '29.999456789 30.122999789 29.666456789' });
});

test('questions about dates', () => {
  renders({ '{{ isWeekend("2024-06-01") }}{{ dayOfWeek("2024-06-01") }}{{ isLastWorkingDay("2024-05-31") }}{{ isDayWeekInMonth("2024-05-31", "FRIDAY", "LAST") }}{{ isDateBetween("2024-05-31", "2024-05-30", "2024-06-01") }}': 'trueSATURDAYtruetruetrue' });
});

test('what is no date, zone, unit, pattern or locale is refused', () => {
  for (const template of ["{{ 'x' | date }}", "{{ '2024-02-30' | date }}", "{{ t | date(timeZone='Nowhere/City') }}", "{{ t | dateAdd(1, 'FORTNIGHTS') }}", "{{ t | date('yyyy-bb') }}", "{{ t | date('MMMM', locale='not a locale') }}", "{{ t | date(\"yyyy 'x\") }}", '{{ 1e99 | date }}', '{{ 99999999999999999 | date }}', "{{ t | dateAdd(999999999999, 'YEARS') }}"]) {
    assert.throws(() => render(template, { variables, world }), (error: unknown) => error instanceof ExpressionError, template);
  }
});

test.run();
