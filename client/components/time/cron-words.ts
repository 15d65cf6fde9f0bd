import cronstrue from 'cronstrue';

/** `0 3 * * MON` -> `At 03:00 AM, only on Monday`, in 24-hour time; an expression it can not read is shown as it is. */
export function cronWords(cron: string): string {
  const named: Readonly<Record<string, string>> = { '@hourly': '0 * * * *', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@weekly': '0 0 * * 0', '@monthly': '0 0 1 * *', '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *' };
  try {
    return cronstrue.toString(named[cron.trim()] ?? cron, { use24HourTimeFormat: true, verbose: false, throwExceptionOnParseError: true });
  } catch {
    return cron;
  }
}
