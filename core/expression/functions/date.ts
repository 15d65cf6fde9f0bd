// Functions that ask a date something.
import type { Call, FunctionDefinition } from '../call.ts';
import { optionalText, refuse, requiredArgument, requiredText } from '../call.ts';
import { momentOf } from '../date/calls.ts';
import type { Fields } from '../date/moment.ts';
import { holidayCountries, isHoliday } from '../date/holidays.ts';
import { addToMoment, epochNanos, fieldsOf } from '../date/moment.ts';

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const ordinals = ['FIRST', 'SECOND', 'THIRD', 'FOURTH'] as const;
const parameters = ['date', 'timeZone', 'existingFormat', 'locale'];

/** Questions about dates, by name. */
export const dateFunctions = {
  dayOfMonth: { parameters, doc: 'The day of the month, 1 to 31.', apply: (call) => fields(call).day },
  dayOfWeek: { parameters, doc: 'The day of the week: MONDAY, ….', apply: (call) => weekdayName(fields(call)) },
  hourOfDay: { parameters, doc: 'The hour of the day, 0 to 23.', apply: (call) => fields(call).hour },
  isDateBetween: {
    parameters: ['date', 'after', 'before'],
    doc: 'Whether a date is after one date and before another.',
    apply: (call) => {
      const [date, after, before] = ['date', 'after', 'before'].map((parameter) => epochNanos(momentOf(requiredArgument(call, parameter), call)));
      return date !== undefined && after !== undefined && before !== undefined && after < date && date < before;
    },
  },
  isDayWeekInMonth: {
    parameters: ['date', 'dayOfWeek', 'dayInMonth', 'timeZone', 'existingFormat', 'locale'],
    doc: 'Whether a date is the FIRST, SECOND, THIRD, FOURTH or LAST such weekday of its month.',
    apply: (call) => {
      const day = requiredText(call, 'dayOfWeek').toUpperCase();
      const position = requiredText(call, 'dayInMonth').toUpperCase();
      const date = fields(call);
      if (!weekdays.some((name) => name === day)) return refuse(call, `does not know the weekday \`${day}\``);
      if (weekdayName(date) !== day) return false;
      if (position === 'LAST') return monthAfter(call, 7) !== date.month;
      const index = ordinals.findIndex((name) => name === position);
      if (index === -1) return refuse(call, `expects FIRST, SECOND, THIRD, FOURTH or LAST as \`dayInMonth\`, found \`${position}\``);
      return Math.ceil(date.day / 7) === index + 1;
    },
  },
  isLastWorkingDay: {
    parameters: ['date', 'workingDays', 'timeZone', 'existingFormat', 'locale'],
    doc: 'Whether a date is the last working day of its month; working days are "MON,TUE,…", default Monday to Friday.',
    apply: (call) => {
      const working = workingDays(call);
      const date = fields(call);
      if (!working.includes(date.weekday)) return false;
      for (let days = 1; monthAfter(call, days) === date.month; days += 1) if (working.includes(((date.weekday - 1 + days) % 7) + 1)) return false;
      return true;
    },
  },
  isPublicHoliday: {
    parameters: ['date', 'country', 'subDivision', 'timeZone', 'existingFormat', 'locale'],
    doc: 'Whether a date is a public holiday of a country (two letters), or of a part of it.',
    apply: (call) => {
      const country = requiredText(call, 'country');
      const part = optionalText(call, 'subDivision');
      const found = isHoliday(country, part === '' ? undefined : part, fields(call));
      return found ?? refuse(call, `knows no public holidays of \`${country}\`; it knows those of ${holidayCountries.join(', ')}`);
    },
  },
  isWeekend: { parameters, doc: 'Whether a date is a Saturday or Sunday.', apply: (call) => fields(call).weekday >= 6 },
  monthOfYear: { parameters, doc: 'The month, 1 to 12.', apply: (call) => fields(call).month },
} satisfies Readonly<Record<string, FunctionDefinition>>;

function fields(call: Call): Fields {
  return fieldsOf(momentOf(requiredArgument(call, 'date'), call));
}

function weekdayName(date: Fields): string {
  return weekdays[date.weekday - 1] ?? '';
}

function monthAfter(call: Call, days: number): number | undefined {
  const later = addToMoment(momentOf(requiredArgument(call, 'date'), call), days, 'DAYS');
  return later === undefined ? undefined : fieldsOf(later).month;
}

function workingDays(call: Call): readonly number[] {
  const given = call.values[1];
  if (given === undefined || given === null) return [1, 2, 3, 4, 5];
  return requiredText(call, 'workingDays')
    .split(',')
    .map((name) => {
      const index = weekdays.findIndex((weekday) => name.trim() !== '' && weekday.startsWith(name.trim().toUpperCase()));
      return index === -1 ? refuse(call, `does not know the weekday \`${name.trim()}\``) : index + 1;
    });
}
