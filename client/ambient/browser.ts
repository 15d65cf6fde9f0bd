import type { Clock, Timers } from './contract.ts';

export const clock: Clock = { nowMs: () => Date.now() };

export const timers: Timers = {
  after(delayMs, call) {
    const handle = setTimeout(call, delayMs);
    return () => clearTimeout(handle);
  },
  every(intervalMs, call) {
    const handle = setInterval(call, intervalMs);
    return () => clearInterval(handle);
  },
};

/** From 0 to 1, for jitter only. */
export const chance = (): number => Math.random();

/** The reader's time zone, `Europe/Berlin`. */
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
