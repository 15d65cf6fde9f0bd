// Public holidays by rules: fixed dates, distances from Easter, weekdays of a month. By country (ISO 3166) and, where they differ, by part.

interface Rule {
  /** `01-01`; `E+1` is the day after Easter Sunday, `O+1` after the Orthodox one; `11/4/THU` the fourth Thursday of November, `5/-1/MON` the last Monday of May; `<11-23/WED` the Wednesday before a date; `>06-20/SAT` the Saturday at or after one. */
  readonly when: string;
  /** Only in these parts. */
  readonly in?: readonly string[];
  readonly fromYear?: number;
  readonly untilYear?: number;
}

interface Country {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** What happens when a fixed date falls on a weekend: kept besides its own date as well. `nearest`: Saturday to Friday, Sunday to Monday; `next`: to the next free Monday or Tuesday; `monday`: Sunday to Monday. */
  readonly substitute?: 'nearest' | 'next' | 'monday';
}

const on = (...dates: readonly string[]): readonly Rule[] => dates.map((when) => ({ when }));
const only = (parts: string, ...dates: readonly string[]): readonly Rule[] => dates.map((when) => ({ when, in: parts.split(' ') }));
const since = (fromYear: number, when: string, parts?: string): Rule => ({ when, fromYear, ...(parts === undefined ? {} : { in: parts.split(' ') }) });

const countries: Readonly<Record<string, Country>> = {
  AT: { name: 'Austria', rules: on('01-01', '01-06', 'E+1', '05-01', 'E+39', 'E+50', 'E+60', '08-15', '10-26', '11-01', '12-08', '12-25', '12-26') },
  AU: { name: 'Australia', rules: on('01-01', '01-26', 'E-2', 'E+1', '04-25', '12-25', '12-26'), substitute: 'next' },
  BE: { name: 'Belgium', rules: on('01-01', 'E+1', '05-01', 'E+39', 'E+50', '07-21', '08-15', '11-01', '11-11', '12-25') },
  BR: { name: 'Brazil', rules: [...on('01-01', 'E-2', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '12-25'), since(2024, '11-20')] },
  CA: { name: 'Canada', rules: [...on('01-01', 'E-2', '<05-25/MON', '07-01', '9/1/MON', '10/2/MON', '11-11', '12-25'), since(2021, '09-30')] },
  CH: { name: 'Switzerland', rules: [...on('01-01', 'E+39', '08-01', '12-25'), ...only('ZH BE LU AG BS BL SH TG SO SG GR GL ZG', 'E-2', 'E+1', 'E+50', '12-26'), ...only('GE VD', 'E-2', 'E+1', 'E+50'), ...only('TI', '01-06', 'E+1', '05-01', 'E+50', 'E+60', '08-15', '11-01', '12-08', '12-26'), ...only('ZH BS BL SH TG', '05-01')] },
  CZ: { name: 'Czechia', rules: [...on('01-01', 'E+1', '05-01', '05-08', '07-05', '07-06', '09-28', '10-28', '11-17', '12-24', '12-25', '12-26'), since(2016, 'E-2')] },
  DE: {
    name: 'Germany',
    rules: [
      ...on('01-01', 'E-2', 'E+1', '05-01', 'E+39', 'E+50', '10-03', '12-25', '12-26'),
      ...only('BW BY ST', '01-06'), ...only('BW BY HE NW RP SL', 'E+60'), ...only('BW BY NW RP SL', '11-01'), ...only('BB MV SN ST TH', '10-31'), ...only('SL', '08-15'), ...only('SN', '<11-23/WED'), ...only('BB', 'E+0', 'E+49'),
      since(2018, '10-31', 'HB HH NI SH'), since(2019, '03-08', 'BE'), since(2023, '03-08', 'MV'), since(2019, '09-20', 'TH'),
    ],
  },
  DK: { name: 'Denmark', rules: [...on('01-01', 'E-3', 'E-2', 'E+0', 'E+1', 'E+39', 'E+49', 'E+50', '12-25', '12-26'), { when: 'E+26', untilYear: 2023 }] },
  ES: { name: 'Spain', rules: on('01-01', '01-06', 'E-2', '05-01', '08-15', '10-12', '11-01', '12-06', '12-08', '12-25') },
  FI: { name: 'Finland', rules: on('01-01', '01-06', 'E-2', 'E+0', 'E+1', '05-01', 'E+39', 'E+49', '>06-20/SAT', '>10-31/SAT', '12-06', '12-25', '12-26') },
  FR: { name: 'France', rules: [...on('01-01', 'E+1', '05-01', '05-08', 'E+39', 'E+50', '07-14', '08-15', '11-01', '11-11', '12-25'), ...only('57 67 68', 'E-2', '12-26')] },
  GB: {
    name: 'United Kingdom', substitute: 'next',
    rules: [...on('01-01', 'E-2', '5/1/MON', '5/-1/MON', '12-25', '12-26'), ...only('ENG WLS NIR', 'E+1', '8/-1/MON'), ...only('SCT', '01-02', '8/1/MON', '11-30'), ...only('NIR', '03-17', '07-12')],
  },
  GR: { name: 'Greece', rules: on('01-01', '01-06', 'O-48', '03-25', 'O-2', 'O+0', 'O+1', '05-01', 'O+50', '08-15', '10-28', '12-25', '12-26') },
  HU: { name: 'Hungary', rules: [...on('01-01', '03-15', 'E+0', 'E+1', '05-01', 'E+49', 'E+50', '08-20', '10-23', '11-01', '12-25', '12-26'), since(2017, 'E-2')] },
  IE: { name: 'Ireland', rules: [...on('01-01', '03-17', 'E+1', '5/1/MON', '6/1/MON', '8/1/MON', '10/-1/MON', '12-25', '12-26'), since(2023, '2/1/MON')] },
  IT: { name: 'Italy', rules: on('01-01', '01-06', 'E+0', 'E+1', '04-25', '05-01', '06-02', '08-15', '11-01', '12-08', '12-25', '12-26') },
  LU: { name: 'Luxembourg', rules: [...on('01-01', 'E+1', '05-01', 'E+39', 'E+50', '06-23', '08-15', '11-01', '12-25', '12-26'), since(2019, '05-09')] },
  MX: { name: 'Mexico', rules: on('01-01', '2/1/MON', '3/3/MON', '05-01', '09-16', '11/3/MON', '12-25') },
  NL: { name: 'Netherlands', rules: on('01-01', 'E+0', 'E+1', '04-27', 'E+39', 'E+49', 'E+50', '12-25', '12-26') },
  NO: { name: 'Norway', rules: on('01-01', 'E-3', 'E-2', 'E+0', 'E+1', '05-01', '05-17', 'E+39', 'E+49', 'E+50', '12-25', '12-26') },
  NZ: { name: 'New Zealand', rules: on('01-01', '01-02', '02-06', 'E-2', 'E+1', '04-25', '6/1/MON', '10/4/MON', '12-25', '12-26'), substitute: 'next' },
  PL: { name: 'Poland', rules: [...on('01-01', '01-06', 'E+0', 'E+1', '05-01', '05-03', 'E+49', 'E+60', '08-15', '11-01', '11-11', '12-25', '12-26'), since(2025, '12-24')] },
  PT: { name: 'Portugal', rules: on('01-01', 'E-2', 'E+0', '04-25', '05-01', 'E+60', '06-10', '08-15', '10-05', '11-01', '12-01', '12-08', '12-25') },
  RO: { name: 'Romania', rules: [...on('01-01', '01-02', '01-24', 'O-2', 'O+0', 'O+1', '05-01', '06-01', 'O+49', 'O+50', '08-15', '11-30', '12-01', '12-25', '12-26'), since(2024, '01-06'), since(2024, '01-07')] },
  SE: { name: 'Sweden', rules: on('01-01', '01-06', 'E-2', 'E+0', 'E+1', '05-01', 'E+39', 'E+49', '06-06', '>06-20/SAT', '>10-31/SAT', '12-25', '12-26') },
  SK: { name: 'Slovakia', rules: on('01-01', '01-06', 'E-2', 'E+1', '05-01', '05-08', '07-05', '08-29', '09-15', '11-01', '12-24', '12-25', '12-26') },
  US: { name: 'United States', rules: [...on('01-01', '1/3/MON', '2/3/MON', '5/-1/MON', '07-04', '9/1/MON', '10/2/MON', '11-11', '11/4/THU', '12-25'), since(2021, '06-19')], substitute: 'nearest' },
  ZA: { name: 'South Africa', rules: on('01-01', '03-21', 'E-2', 'E+1', '04-27', '05-01', '06-16', '08-09', '09-24', '12-16', '12-25', '12-26'), substitute: 'monday' },
};

export const holidayCountries: readonly string[] = Object.keys(countries);

const dayMs = 86_400_000;
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const daysOf = (year: number, month: number, day: number): number => Math.floor(Date.UTC(year, month - 1, day) / dayMs);
const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7;

/** Whether a day is a public holiday; undefined when the country is not known. Without a part only what holds in the whole country counts. */
export function isHoliday(country: string, part: string | undefined, date: { readonly year: number; readonly month: number; readonly day: number }): boolean | undefined {
  const known = Object.hasOwn(countries, country.toUpperCase()) ? countries[country.toUpperCase()] : undefined;
  if (known === undefined) return undefined;
  const wanted = daysOf(date.year, date.month, date.day);
  // A substitute may fall into the year before or after its own date.
  return [date.year - 1, date.year, date.year + 1].some((year) => holidaysOf(known, part?.toUpperCase().replace(/^[A-Z]{2}-/, ''), year).has(wanted));
}

function holidaysOf(country: Country, part: string | undefined, year: number): ReadonlySet<number> {
  const own = new Map<number, boolean>();
  for (const rule of country.rules) {
    if (rule.in !== undefined && (part === undefined || !rule.in.includes(part))) continue;
    if (year < (rule.fromYear ?? year) || year > (rule.untilYear ?? year)) continue;
    const isFixed = /^\d\d-\d\d$/.test(rule.when);
    const at = dayOf(rule.when, year);
    own.set(at, own.get(at) ?? isFixed);
  }
  const all = new Set(own.keys());
  for (const [at, isFixed] of [...own].sort(([a], [b]) => a - b)) {
    if (!isFixed) continue;
    const weekday = weekdayOf(at);
    if (country.substitute === 'nearest' && weekday === 6) all.add(at - 1);
    if ((country.substitute === 'nearest' || country.substitute === 'monday') && weekday === 0) all.add(at + 1);
    if (country.substitute === 'next' && (weekday === 6 || weekday === 0)) {
      let free = at + (weekday === 6 ? 2 : 1);
      while (all.has(free)) free += 1;
      all.add(free);
    }
  }
  return all;
}

function dayOf(when: string, year: number): number {
  const fixed = /^(\d\d)-(\d\d)$/.exec(when);
  if (fixed !== null) return daysOf(year, Number(fixed[1]), Number(fixed[2]));
  const moving = /^([EO])([+-]\d+)$/.exec(when);
  if (moving !== null) return (moving[1] === 'E' ? easter(year) : orthodoxEaster(year)) + Number(moving[2]);
  const near = /^([<>])(\d\d)-(\d\d)\/([A-Z]{3})$/.exec(when);
  if (near !== null) {
    const at = daysOf(year, Number(near[2]), Number(near[3]));
    const weekday = weekdays.indexOf(near[4] ?? '');
    return near[1] === '<' ? at - 1 - ((weekdayOf(at - 1) - weekday + 7) % 7) : at + ((weekday - weekdayOf(at) + 7) % 7);
  }
  const nth = /^(\d+)\/(-?\d)\/([A-Z]{3})$/.exec(when);
  if (nth === null) throw new Error(`not a rule of a holiday: ${when}`);
  const [month, count, weekday] = [Number(nth[1]), Number(nth[2]), weekdays.indexOf(nth[3] ?? '')];
  if (count < 0) {
    const last = daysOf(year, month + 1, 1) - 1;
    return last - ((weekdayOf(last) - weekday + 7) % 7);
  }
  const first = daysOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (count - 1) * 7;
}

/** Easter Sunday of the Gregorian calendar, by the rule of Gauss in the form of Butcher. */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  return daysOf(year, Math.floor((h + l - 7 * m + 114) / 31), ((h + l - 7 * m + 114) % 31) + 1);
}

/** Of the Julian calendar, as a day of ours; the thirteen days between them hold from 1900 to 2099. */
function orthodoxEaster(year: number): number {
  const d = (19 * (year % 19) + 15) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
  return daysOf(year, Math.floor((d + e + 114) / 31), ((d + e + 114) % 31) + 1) + 13;
}
