/**
 * Everything that is different each time: clock, chance, environment variables, timers, signals, the log. It comes in through
 * arguments, so that a test holds it in its hand. `createAmbient` is the real one, `fixedAmbient` the one of tests.
 */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Milliseconds of a clock that never steps back; only differences mean something. */
  monotonicMs(): number;
  /** IANA name of the machine's time zone, e.g. `Europe/Paris`. */
  timeZone(): string;
}

export interface Ids {
  /** 22 characters of base62: ids of executions and task runs. */
  friendly(): string;
  uuid(): string;
  /** Random bytes fit for secrets. */
  bytes(count: number): Uint8Array;
  /** URL-safe random text of that many random bytes, for tokens and tickets. */
  secret(byteCount: number): string;
}

export type Cancel = () => void;

export interface Timers {
  after(ms: number, run: () => void): Cancel;
  every(ms: number, run: () => void): Cancel;
  /** After the events that are already waiting: the next turn of the loop. */
  soon(run: () => void): Cancel;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** An `error` among the fields is written with its stack. */
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

export interface Signals {
  /** The process is asked to end (SIGTERM, SIGINT). Answers its own release. */
  onStop(listener: (signal: 'SIGTERM' | 'SIGINT') => void): Cancel;
}

export type MetricLabels = Readonly<Record<string, string>>;
export interface Counter { add(count?: number, labels?: MetricLabels): void }
export interface Gauge { set(value: number, labels?: MetricLabels): void }
export interface Histogram { observe(value: number, labels?: MetricLabels): void }

export interface MetricOptions {
  readonly help: string;
  readonly labels?: readonly string[];
  /** Of a histogram, in its unit. Default: 0.5 ms to 10 s, for names that end in `_ms`. */
  readonly buckets?: readonly number[];
}

/** One registry per process, exported as Prometheus text. Asking for a name twice gives the same metric. */
export interface Metrics {
  counter(name: string, options: MetricOptions): Counter;
  gauge(name: string, options: MetricOptions & { readonly read?: () => number }): Gauge;
  histogram(name: string, options: MetricOptions): Histogram;
  text(): Promise<string>;
  readonly contentType: string;
}

export interface Ambient {
  readonly clock: Clock;
  readonly ids: Ids;
  /** [0, 1); for jitter, never for secrets. */
  random(): number;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly signals: Signals;
  readonly metrics: Metrics;
  environment(name: string): string | undefined;
  /** All variables whose names begin with a prefix, the prefix kept. */
  environmentWith(prefix: string): Readonly<Record<string, string>>;
}
