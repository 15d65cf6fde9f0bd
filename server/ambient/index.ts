/** The only room that reads clock, chance, environment and signals. */
export type {
  Ambient, Cancel, Clock, Counter, Gauge, Histogram, Ids, LogFields, Logger, MetricLabels, MetricOptions, Metrics, Signals, Timers,
} from './contract.ts';
export { createAmbient, type AmbientOptions } from './real.ts';
export { fixedAmbient, seededRandom, type FixedAmbient, type FixedAmbientOptions } from './fixed.ts';
export { createReleasers, type Releasers } from './releasers.ts';
export { createLogger, silentLogger, type LogLevelName } from './logger.ts';
