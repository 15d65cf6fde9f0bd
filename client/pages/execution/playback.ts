/** How playback moves on: as it happened, times the speed, but nobody waits through a gap in which nothing happened. Pure. */

/** A longer gap between two events is shortened. */
export const gapMaxMs = 30_000;
/** What a shortened gap lasts for who watches. */
const gapShownMs = 1000;

/** Where the moment is after `runMs` of the run's own time, which took the watcher `watchedMs`. `eventsMs` are in order. */
export function advanced(fromMs: number, runMs: number, watchedMs: number, eventsMs: readonly number[]): number {
  const next = indexAfter(eventsMs, fromMs);
  const beforeMs = eventsMs[next - 1];
  const nextMs = eventsMs[next];
  const to = fromMs + runMs;
  if (beforeMs === undefined || nextMs === undefined || nextMs - beforeMs <= gapMaxMs) return to;
  const quick = fromMs + (watchedMs / gapShownMs) * (nextMs - beforeMs);
  return Math.max(to, Math.min(nextMs, quick));
}

/** The first event after a moment, by index; the number of events when there is none. */
export function indexAfter(eventsMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = eventsMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((eventsMs[middle] ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The event before or after a moment; undefined when there is none. */
export function eventBeside(eventsMs: readonly number[], atMs: number, direction: 1 | -1): number | undefined {
  if (direction === 1) return eventsMs[indexAfter(eventsMs, atMs)];
  for (let index = indexAfter(eventsMs, atMs) - 1; index >= 0; index -= 1) {
    const eventMs = eventsMs[index];
    if (eventMs !== undefined && eventMs < atMs) return eventMs;
  }
  return undefined;
}
