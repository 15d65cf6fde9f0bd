// Filters on dates.
import type { Call, Filter } from '../call.ts';
import { refuse, requiredInteger, requiredText } from '../call.ts';
import { dateParameters, formatted, momentOf } from '../date/calls.ts';
import type { DateUnit } from '../date/moment.ts';
import { addToMoment, dateUnits, epochNanos } from '../date/moment.ts';
import { integerOf } from '../value/numbers.ts';
import { notNull } from './input.ts';

const timestampParameters = ['timeZone', 'existingFormat', 'locale'];

/** Filters on dates, by name. */
export const dateFilters = {
  date: { parameters: dateParameters, doc: 'Writes a date in a format: "iso", "sql", "short", … or a Java pattern such as "yyyy-MM-dd".', apply: notNull((input, call) => formatted(momentOf(input, call), call)) },
  dateAdd: {
    parameters: ['amount', 'unit', ...dateParameters],
    doc: 'Adds an amount of a unit ("DAYS", "HOURS", …) to a date.',
    apply: notNull((input, call) => {
      const moment = addToMoment(momentOf(input, call), requiredInteger(call, 'amount'), unitOf(call));
      return moment === undefined ? refuse(call, 'leaves the calendar') : formatted(moment, call);
    }),
  },
  timestamp: { parameters: timestampParameters, doc: 'Seconds since 1970.', apply: since(1_000_000_000n) },
  timestampMicro: { parameters: timestampParameters, doc: 'Microseconds since 1970.', apply: since(1000n) },
  timestampMilli: { parameters: timestampParameters, doc: 'Milliseconds since 1970.', apply: since(1_000_000n) },
  timestampNano: { parameters: timestampParameters, doc: 'Nanoseconds since 1970.', apply: since(1n) },
} satisfies Readonly<Record<string, Filter>>;

function since(nanosPerUnit: bigint): Filter['apply'] {
  return notNull((input, call) => {
    const nanos = epochNanos(momentOf(input, call));
    const rest = ((nanos % nanosPerUnit) + nanosPerUnit) % nanosPerUnit;
    return integerOf((nanos - rest) / nanosPerUnit);
  });
}

function unitOf(call: Call): DateUnit {
  const name = requiredText(call, 'unit').toUpperCase();
  return dateUnits.find((unit) => unit === name) ?? refuse(call, `does not know the unit \`${name}\`; it knows ${dateUnits.join(', ')}`);
}
