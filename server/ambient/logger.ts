/** The log: JSON lines on stderr, or short lines when a person looks at a terminal. stdout stays free for the ready line. */
import { pino } from 'pino';
import type { LogFields, Logger } from './contract.ts';

export const logLevelNames = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevelName = (typeof logLevelNames)[number];

export interface LoggerOptions {
  readonly level: LogLevelName;
  /** Short lines for eyes instead of JSON. */
  readonly pretty: boolean;
  readonly write: (line: string) => void;
}

export function createLogger(options: LoggerOptions): Logger {
  const stream = { write: (line: string): void => options.write(options.pretty ? prettyLine(line) : line) };
  const root = pino({ level: options.level, base: null, serializers: { error: pino.stdSerializers.err } }, stream);
  return wrap(root);
}

/** Writes nothing: for tests. */
export const silentLogger: Logger = {
  debug: () => {}, info: () => {}, warn: () => {}, error: () => {},
  child: () => silentLogger,
};

function wrap(inner: pino.Logger): Logger {
  return {
    debug: (message, fields) => inner.debug(fields ?? {}, message),
    info: (message, fields) => inner.info(fields ?? {}, message),
    warn: (message, fields) => inner.warn(fields ?? {}, message),
    error: (message, fields) => inner.error(fields ?? {}, message),
    child: (fields: LogFields) => wrap(inner.child(fields)),
  };
}

const levelWords: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'ERROR' };
const hidden: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'error']);

function prettyLine(line: string): string {
  const entry: Readonly<Record<string, unknown>> = JSON.parse(line);
  const time = new Date(Number(entry['time'])).toISOString().slice(11, 23);
  const fields = Object.entries(entry).filter(([name]) => !hidden.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = entry['error'];
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? `\n${String(error.stack)}` : '';
  return `${[time, levelWords[Number(entry['level'])] ?? 'info ', String(entry['msg']), ...fields].join(' ')}${stack}\n`;
}
