/** Times and spans in words. Pure: the present is given. */
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `2.4s`, `41s`, `2m 05s`, `1h 06m`, `3d 4h`: one width per magnitude, so that columns stand still while it ticks. */
export function durationWords(ms: number): string {
  const span = Math.max(0, ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)}s`;
  if (span < minute) return `${Math.floor(span / second)}s`;
  if (span < hour) return `${Math.floor(span / minute)}m ${two(Math.floor((span % minute) / second))}s`;
  if (span < day) return `${Math.floor(span / hour)}h ${two(Math.floor((span % hour) / minute))}m`;
  return `${Math.floor(span / day)}d ${Math.floor((span % day) / hour)}h`;
}

/** `just now`, `3 min ago`, `in 2 h`, `5 d ago`. */
export function relativeWords(atMs: number, nowMs: number): string {
  const span = atMs - nowMs;
  const size = Math.abs(span);
  if (size < 45 * second) return span > 0 ? 'in a moment' : 'just now';
  const words = size < hour ? `${Math.max(1, Math.round(size / minute))} min` : size < 36 * hour ? `${Math.round(size / hour)} h` : `${Math.round(size / day)} d`;
  return span > 0 ? `in ${words}` : `${words} ago`;
}

/** The moment in the reader's zone: the time alone today, with the day within a week, else with the date. */
export function momentWords(atMs: number, nowMs: number, zone: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: safeZone(zone) };
  const dayOf = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: safeZone(zone), dateStyle: 'short' }).format(ms);
  if (dayOf(atMs) === dayOf(nowMs)) return new Intl.DateTimeFormat('en-GB', { ...options, second: '2-digit' }).format(atMs);
  if (Math.abs(atMs - nowMs) < 6 * day) return new Intl.DateTimeFormat('en-GB', { ...options, weekday: 'short' }).format(atMs).replace(',', '');
  return new Intl.DateTimeFormat('en-GB', { ...options, day: 'numeric', month: 'short', year: 'numeric' }).format(atMs).replace(',', '');
}

/** `2026-11-24 14:03:24.120` in the reader's zone, for tooltips and logs. */
export function exactWords(atMs: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: safeZone(zone), year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')}`;
}

const zones = new Map<string, string>();
/** A cookie may hold anything: an unknown zone becomes UTC. */
export function safeZone(zone: string): string {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let safe = 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    safe = zone;
  } catch {
    // Stays UTC.
  }
  if (zones.size < 1000) zones.set(zone, safe);
  return safe;
}
