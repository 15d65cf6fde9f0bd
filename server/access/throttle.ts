/**
 * Failed logins are counted per name and per address over a quarter of an hour. Counting unknown names too tells nobody which names exist.
 * An address from which the name has signed in before counts on its own: strangers who guess cannot lock a person out of their own desk.
 * Modes of a key: *counting* until the limit, then *closed* until its oldest failure is a quarter of an hour old.
 */
import { limits } from '../../core/protocol/limits.ts';
import type { Clock } from '../ambient/index.ts';

const windowMs = 15 * 60_000;
/** Above so many keys the oldest are forgotten: an attacker with many names must not fill the memory. */
const keysMax = 20_000;

export interface LoginAttempt {
  readonly name: string;
  readonly address: string;
  /** Somebody of this name is, or was lately, signed in from this address. */
  readonly familiar: boolean;
}

export interface Throttle {
  /** How long this name or address has to wait, 0 when it may try. */
  waitMs(attempt: LoginAttempt): number;
  failed(attempt: LoginAttempt): void;
  succeeded(attempt: LoginAttempt): void;
}

export function createThrottle(clock: Clock): Throttle {
  const failures = new Map<string, number[]>();
  const recent = (key: string): number[] => {
    const list = (failures.get(key) ?? []).filter((atMs) => atMs > clock.nowMs() - windowMs);
    if (list.length === 0) failures.delete(key);
    else failures.set(key, list);
    return list;
  };
  const waitOf = (key: string, max: number): number => {
    const list = recent(key);
    const first = list[list.length - max];
    return first === undefined ? 0 : first + windowMs - clock.nowMs();
  };
  const add = (key: string): void => {
    const list = recent(key);
    list.push(clock.nowMs());
    failures.delete(key);
    failures.set(key, list.slice(-100));
    if (failures.size > keysMax) {
      const oldest = failures.keys().next().value;
      if (oldest !== undefined) failures.delete(oldest);
    }
  };
  const nameKey = ({ name, address, familiar }: LoginAttempt): string => `${familiar ? `f:${address}` : 'n'}:${name.trim().toLowerCase().slice(0, 200)}`;
  return {
    // An office shares one address: it may fail a few times more than one name.
    waitMs: (attempt) => Math.max(waitOf(nameKey(attempt), limits.loginFailuresPerQuarterHourMax), waitOf(`a:${attempt.address}`, limits.loginFailuresPerQuarterHourMax * 3)),
    failed: (attempt) => {
      add(nameKey(attempt));
      add(`a:${attempt.address}`);
    },
    succeeded: (attempt) => void failures.delete(nameKey(attempt)),
  };
}
