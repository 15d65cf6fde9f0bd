/** `24 Nov 14:02:01` in the reader's zone: a trigger's log spans days. */
export function logTimeText(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  return (ms) => format.format(ms).replace(', ', ' ');
}
