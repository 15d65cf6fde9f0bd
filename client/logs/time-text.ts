/** `14:02:01.402` in the reader's zone. A log formats thousands of moments, so the formatter of a zone is made once. */
const formats = new Map<string, Intl.DateTimeFormat>();
const zonesMax = 50;

export function logTimeText(ms: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' };
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      // A cookie may hold anything: an unknown zone is UTC.
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    if (formats.size < zonesMax) formats.set(zone, format);
  }
  return Number.isFinite(ms) ? format.format(ms) : '';
}
