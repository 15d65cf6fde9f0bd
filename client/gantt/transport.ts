/** The bar of a run's time as data: its events as beats, one a place, the loudest state of each. Pure. */
import type { StateType } from '../../core/protocol/states.ts';
import type { RunEvent } from './events.ts';

export interface Beat {
  /** From 0 at the beginning to 1 at the end. */
  readonly share: number;
  readonly state: StateType;
}

/** Beats stand beside one another: more than this many can not be told apart. */
const placesMax = 240;
const loudness: readonly StateType[] = ['FAILED', 'KILLED', 'WARNING', 'PAUSED', 'RETRYING', 'CANCELLED', 'SUCCESS', 'RUNNING'];
const rank = (state: StateType): number => (loudness.includes(state) ? loudness.indexOf(state) : loudness.length);

/** One pass over the events. */
export function beatsOf(events: readonly RunEvent[], fromMs: number, toMs: number): readonly Beat[] {
  const spanMs = Math.max(1, toMs - fromMs);
  const places = new Map<number, StateType>();
  for (const event of events) {
    const place = Math.round(Math.min(1, Math.max(0, (event.atMs - fromMs) / spanMs)) * placesMax);
    const known = places.get(place);
    if (known === undefined || rank(event.state) < rank(known)) places.set(place, event.state);
  }
  return [...places].sort(([a], [b]) => a - b).map(([place, state]) => ({ share: place / placesMax, state }));
}
