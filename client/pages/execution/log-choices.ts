/** How somebody likes to read logs: kept on the server for them, so that it is the same on the phone. Pure. */
import { isLogLevel, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import type { Preferences } from '../../../core/protocol/entities/preferences.ts';

export const logForms = ['time', 'task'] as const;
export type LogForm = (typeof logForms)[number];
export const openChoices = ['all', 'failed', 'none'] as const;
export type OpenChoice = (typeof openChoices)[number];

export interface LogChoices {
  readonly form: LogForm;
  /** Which task runs are open at first, by task. */
  readonly open: OpenChoice;
  /** The lowest level that a log is opened with. */
  readonly level: LogLevel;
}

export const choiceName = { form: 'log.form', open: 'log.open', level: 'log.level' } as const;

/** Whatever an older version has written. */
export function logChoices(values: Preferences['values']): LogChoices {
  const level = values[choiceName.level];
  return {
    form: logForms.find((one) => one === values[choiceName.form]) ?? 'time',
    open: openChoices.find((one) => one === values[choiceName.open]) ?? 'all',
    level: typeof level === 'string' && isLogLevel(level) ? level : 'TRACE',
  };
}

/** The level of the address, else the one that somebody starts with. */
export function levelOf(search: string, choices: LogChoices): LogLevel {
  const wanted = new URLSearchParams(search).get('minLevel') ?? '';
  return isLogLevel(wanted) ? wanted : choices.level;
}
