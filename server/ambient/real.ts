/** The real clock, chance, timers, environment and signals of this process. */
import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { friendlyId } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Ambient, Cancel } from './contract.ts';
import { createLogger, logLevelNames, type LogLevelName } from './logger.ts';
import { createMetrics } from './metrics.ts';

export interface AmbientOptions {
  /** Default: `ENSEMBLE_LOG_LEVEL`, else info. */
  readonly logLevel?: LogLevelName;
}

export function createAmbient(options: AmbientOptions = {}): Ambient {
  const environment = (name: string): string | undefined => process.env[name];
  const wanted = options.logLevel ?? environment('ENSEMBLE_LOG_LEVEL') ?? 'info';
  const level = logLevelNames.find((name) => name === wanted);
  if (level === undefined) throw new Error(`ENSEMBLE_LOG_LEVEL is "${wanted}"; expected one of ${logLevelNames.join(', ')}`);
  // uWebSockets reads it when it is loaded; its own 4 kB are less than the cookies of some people's localhost.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(limits.headBytesMax);
  return {
    clock: {
      nowMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    ids: {
      friendly: () => friendlyId(pooledBytes(16)),
      uuid: () => randomUUID(),
      bytes: (count) => new Uint8Array(randomBytes(count)),
      secret: (byteCount) => randomBytes(byteCount).toString('base64url'),
    },
    random: () => Math.random(),
    timers: {
      after: (ms, run) => cancelOf(setTimeout(run, ms), clearTimeout),
      every: (ms, run) => cancelOf(setInterval(run, ms), clearInterval),
      soon: (run) => {
        const handle = setImmediate(run);
        return () => clearImmediate(handle);
      },
    },
    logger: createLogger({ level, pretty: process.stderr.isTTY === true, write: writeToStderr }),
    signals: {
      onStop: (listener) => {
        process.on('SIGTERM', listener);
        process.on('SIGINT', listener);
        return () => {
          process.off('SIGTERM', listener);
          process.off('SIGINT', listener);
        };
      },
    },
    metrics: createMetrics(),
    environment,
    environmentWith: (prefix) => {
      const found: Record<string, string> = Object.create(null);
      for (const [name, value] of Object.entries(process.env)) if (name.startsWith(prefix) && value !== undefined) found[name] = value;
      return found;
    },
  };
}

/** A system call for each id is most of its cost: take 4 kB of randomness at once. */
let pool = new Uint8Array(0);
let poolOffset = 0;
function pooledBytes(count: number): Uint8Array {
  if (poolOffset + count > pool.length) {
    pool = new Uint8Array(randomBytes(4096));
    poolOffset = 0;
  }
  poolOffset += count;
  return pool.subarray(poolOffset - count, poolOffset);
}

function cancelOf(handle: NodeJS.Timeout, clear: (handle: NodeJS.Timeout) => void): Cancel {
  return () => clear(handle);
}

/** Synchronous, so that the last words before an exit arrive. A full pipe or a closed terminal must not end the server. */
function writeToStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // EAGAIN or EPIPE: nobody reads the log; there is no other place to complain to.
  }
}
