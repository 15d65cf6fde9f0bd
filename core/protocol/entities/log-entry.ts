/** One line of a log. `position` counts inside its execution and is the order in which lines are shown. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];
export const isLogLevel = (text: string): text is LogLevel => (logLevels as readonly string[]).includes(text);
/** True when a line of `level` is shown to somebody who asked for `minLevel` and above. */
export const passesLevel = (level: LogLevel, minLevel: LogLevel): boolean => logLevels.indexOf(level) >= logLevels.indexOf(minLevel);

export interface LogEntry {
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId?: string;
  readonly executionId?: string;
  readonly taskRunId?: string;
  readonly attemptNumber?: number;
  readonly triggerId?: string;
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly deleted: false;
  readonly position?: number;
}

/** A log of any length in few figures: its parts by position, in order. */
export interface LogMap {
  readonly total: number;
  readonly parts: readonly { readonly first: number; readonly lines: number; readonly warnings: number; readonly errors: number }[];
}

export interface MetricEntry {
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId: string;
  readonly executionId: string;
  readonly taskRunId: string;
  readonly type: 'counter' | 'timer' | 'gauge';
  readonly name: string;
  /** Timers in milliseconds. */
  readonly value: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly timestamp: string;
  readonly deleted: false;
}

/** How the reports of a metric in one slot of time become one figure. */
export const metricAggregations = ['SUM', 'AVG', 'MIN', 'MAX'] as const;
export type MetricAggregation = (typeof metricAggregations)[number];
