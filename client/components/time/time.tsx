/** Moments and spans on the page. `ticking.ts` keeps them true while the page is open. */
import { exactWords, durationWords, momentWords, relativeWords } from './words.ts';

interface MomentProps {
  readonly at: string | number;
  readonly nowMs: number;
  readonly zone: string;
}

const msOf = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** `3 min ago`; the exact moment in the tooltip. */
export function Ago({ at, nowMs, zone }: MomentProps) {
  const atMs = msOf(at);
  return <time class="num" datetime={new Date(atMs).toISOString()} title={exactWords(atMs, zone)} data-tick="ago" data-at={atMs}>{relativeWords(atMs, nowMs)}</time>;
}

/** `14:03:24`, `Wed 01:30`; the exact moment in the tooltip. */
export function Moment({ at, nowMs, zone }: MomentProps) {
  const atMs = msOf(at);
  return <time class="num" datetime={new Date(atMs).toISOString()} title={exactWords(atMs, zone)}>{momentWords(atMs, nowMs, zone)}</time>;
}

export interface DurationProps {
  readonly startMs: number;
  /** Left out while it still runs: then it ticks once a second. */
  readonly endMs?: number | undefined;
  readonly nowMs: number;
  readonly title?: string;
}

export function Duration({ startMs, endMs, nowMs, title }: DurationProps) {
  if (endMs !== undefined) return <span class="duration" title={title}>{durationWords(endMs - startMs)}</span>;
  return <span class="duration" data-live="" data-tick="duration" data-at={startMs} title={title}>{durationWords(nowMs - startMs)}</span>;
}
