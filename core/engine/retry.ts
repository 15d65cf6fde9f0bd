/** When a failed task run is tried again (engine-semantics "Retry"). */
import type { AttemptRow } from '../protocol/entities/execution.ts';
import type { RetryModel } from '../language/model.ts';

const endMs = (attempt: AttemptRow): number => attempt.histories[attempt.histories.length - 1]?.atMs ?? 0;
const startMs = (attempt: AttemptRow): number => attempt.histories[0]?.atMs ?? 0;

/** The time of the next attempt, or undefined when there is none left. `chance` is from [0, 1). */
export function nextAttemptMs(retry: RetryModel, tried: { readonly attempts: number; readonly firstStartMs: number; readonly lastEndMs: number }, chance: () => number): number | undefined {
  if (retry.maxAttempt !== undefined && tried.attempts >= retry.maxAttempt) return undefined;
  const nextMs = tried.lastEndMs + delayMs(retry, tried.attempts, chance);
  if (retry.maxDurationMs !== undefined && nextMs >= tried.firstStartMs + retry.maxDurationMs) return undefined;
  return nextMs;
}

function delayMs(retry: RetryModel, attempts: number, chance: () => number): number {
  switch (retry.type) {
    case 'constant': return retry.intervalMs ?? 0;
    case 'exponential': {
      const wanted = (retry.intervalMs ?? 0) * Math.max(1, (retry.delayFactor ?? 2) * (attempts - 1));
      return Math.min(wanted, retry.maxIntervalMs ?? wanted);
    }
    case 'random': {
      const low = retry.minIntervalMs ?? 0;
      return Math.round(low + chance() * Math.max(0, (retry.maxIntervalMs ?? low) - low));
    }
    default: return 0;
  }
}

export const triedOf = (attempts: readonly AttemptRow[]): { attempts: number; firstStartMs: number; lastEndMs: number } => ({
  attempts: attempts.length,
  firstStartMs: attempts[0] === undefined ? 0 : startMs(attempts[0]),
  lastEndMs: attempts.length === 0 ? 0 : endMs(attempts[attempts.length - 1] as AttemptRow),
});
