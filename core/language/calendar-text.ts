/** Dates and times as texts, checked and put into Java's usual spelling, without a clock or a time zone database. */

/** `2024-02-30` is none. */
export function normalDate(text: string): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? text : undefined;
}

/** `HH:mm`, with seconds and a fraction where given; answers with seconds. */
export function normalTime(text: string): string | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/.exec(text);
  if (match === null || Number(match[1]) > 23 || Number(match[2]) > 59 || Number(match[3] ?? 0) > 59) return undefined;
  return `${match[1]}:${match[2]}:${match[3] ?? '00'}${fraction(match[4])}`;
}

/** A date and time with `Z` or an offset; answers in UTC with `Z`. */
export function normalInstant(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:?\d{2})$/.exec(text);
  const date = match?.[1] === undefined ? undefined : normalDate(match[1]);
  const time = match?.[2] === undefined ? undefined : normalTime(match[2]);
  const zone = match?.[3];
  if (date === undefined || time === undefined || zone === undefined) return undefined;
  const seconds = time.slice(0, 8);
  const rest = time.slice(8);
  if (/^z$/i.test(zone)) return `${date}T${seconds}${rest}Z`;
  const minutes = (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  const ms = Date.parse(`${date}T${seconds}Z`) - minutes * 60_000;
  return `${new Date(ms).toISOString().slice(0, 19)}${rest}Z`;
}

/** Orders normal instants: the texts do not sort by themselves when one has a fraction. */
export function compareInstants(a: string, b: string): number {
  const seconds = a.slice(0, 19) < b.slice(0, 19) ? -1 : a.slice(0, 19) > b.slice(0, 19) ? 1 : 0;
  return seconds !== 0 ? seconds : Number(`0${a.slice(19, -1)}`) - Number(`0${b.slice(19, -1)}`);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** As Java writes it: nothing, or 3, 6 or 9 digits. */
function fraction(text: string | undefined): string {
  const digits = (text ?? '').replace(/^\./, '').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits.padEnd(Math.ceil(digits.length / 3) * 3, '0')}`;
}
