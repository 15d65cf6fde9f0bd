/** An ambient of tests: the clock stands still until it is advanced, timers run when it is, and chance comes from a seed. */
import { friendlyId } from '../../core/protocol/ids.ts';
import type { Ambient, Cancel } from './contract.ts';
import { silentLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';

export interface FixedAmbient extends Ambient {
  /** Moves the clock and runs what becomes due on the way, in order of time. */
  advance(ms: number): void;
  /** Runs what `soon` has been given, and what that asks for, until nothing is left. */
  settle(): void;
  /** Timers that still wait. */
  pending(): number;
}

export interface FixedAmbientOptions {
  readonly nowMs?: number;
  readonly seed?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Waiting {
  dueMs: number;
  readonly order: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

export function fixedAmbient(options: FixedAmbientOptions = {}): FixedAmbient {
  let nowMs = options.nowMs ?? Date.UTC(2026, 0, 1);
  let order = 0;
  let soon: { readonly run: () => void }[] = [];
  const waiting = new Set<Waiting>();
  const random = seededRandom(options.seed ?? 1);
  const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
  const hex = (part: Uint8Array): string => Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const environment = options.environment ?? {};

  const add = (ms: number, everyMs: number | undefined, run: () => void): Cancel => {
    order += 1;
    const entry: Waiting = { dueMs: nowMs + ms, order, everyMs, run };
    waiting.add(entry);
    return () => void waiting.delete(entry);
  };
  const settle = (): void => {
    while (soon.length > 0) {
      const batch = soon;
      soon = [];
      for (const entry of batch) entry.run();
    }
  };
  return {
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs, timeZone: () => 'UTC' },
    ids: {
      friendly: () => friendlyId(bytes(16)),
      uuid: () => {
        const text = hex(bytes(16));
        return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
      },
      bytes,
      secret: (byteCount) => hex(bytes(byteCount)),
    },
    random,
    timers: {
      after: (ms, run) => add(ms, undefined, run),
      every: (ms, run) => add(ms, ms, run),
      soon: (run) => {
        const entry = { run };
        soon.push(entry);
        return () => {
          soon = soon.filter((other) => other !== entry);
        };
      },
    },
    logger: silentLogger,
    signals: { onStop: () => () => {} },
    metrics: createMetrics(),
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    environmentWith: (prefix) => Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith(prefix))),
    advance: (ms) => {
      const untilMs = nowMs + ms;
      settle();
      for (;;) {
        let next: Waiting | undefined;
        for (const entry of waiting) {
          if (entry.dueMs <= untilMs && (next === undefined || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order))) next = entry;
        }
        if (next === undefined) break;
        nowMs = Math.max(nowMs, next.dueMs);
        if (next.everyMs === undefined) waiting.delete(next);
        else next.dueMs += Math.max(1, next.everyMs);
        next.run();
        settle();
      }
      nowMs = untilMs;
    },
    settle,
    pending: () => waiting.size,
  };
}

/** xoshiro128**: 128 bits of state, so that long property tests do not fall into a short cycle. */
export function seededRandom(seed: number): () => number {
  let mixed = seed >>> 0;
  const split = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let value = mixed;
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return (value ^ (value >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [split(), split(), split(), split()];
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result / 0x1_0000_0000;
  };
}
