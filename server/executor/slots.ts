/** Who runs and who waits, per flow with a concurrency limit: kept at each change of state, so that nobody is searched for. */
import { flowKey } from '../../core/protocol/ids.ts';
import type { StateType } from '../../core/protocol/states.ts';
import type { Live } from './live.ts';

const holding: ReadonlySet<StateType> = new Set(['RUNNING', 'PAUSED', 'RETRYING', 'RESTARTED', 'KILLING']);

interface Slots {
  readonly held: Set<Live>;
  /** Oldest first. */
  readonly waiting: Set<Live>;
}

export class ConcurrencySlots {
  readonly #byFlow = new Map<string, Slots>();

  #of(live: Live): Slots {
    const { namespace, flowId } = live.state.header;
    const key = `${live.tenant}/${flowKey(namespace, flowId)}`;
    const found = this.#byFlow.get(key);
    if (found !== undefined) return found;
    const made: Slots = { held: new Set(), waiting: new Set() };
    this.#byFlow.set(key, made);
    return made;
  }

  /** After each step. */
  moved(live: Live): void {
    if (live.state.index.flow.concurrency === undefined) return;
    const slots = this.#of(live);
    if (holding.has(live.state.state)) slots.held.add(live);
    else slots.held.delete(live);
    if (live.state.state === 'QUEUED') slots.waiting.add(live);
    else slots.waiting.delete(live);
  }

  gone(live: Live): void {
    if (live.state.index.flow.concurrency === undefined) return;
    const slots = this.#of(live);
    slots.held.delete(live);
    slots.waiting.delete(live);
    if (slots.held.size > 0 || slots.waiting.size > 0) return;
    const { namespace, flowId } = live.state.header;
    this.#byFlow.delete(`${live.tenant}/${flowKey(namespace, flowId)}`);
  }

  /** Takes a slot before the execution begins: others that are created in the same turn must see it taken. False when none is free. */
  claim(live: Live): boolean {
    const { concurrency } = live.state.index.flow;
    if (concurrency === undefined) return true;
    const { held } = this.#of(live);
    if (!held.has(live) && held.size >= concurrency.limit) return false;
    held.add(live);
    return true;
  }

  /** Takes the oldest that waits for the same flow's slot, when one is free. It holds the slot from now on. */
  next(live: Live): Live | undefined {
    const { concurrency } = live.state.index.flow;
    if (concurrency?.behavior !== 'QUEUE') return undefined;
    const { held, waiting } = this.#of(live);
    if (held.size >= concurrency.limit) return undefined;
    const first = waiting.values().next().value;
    if (first === undefined) return undefined;
    waiting.delete(first);
    held.add(first);
    return first;
  }
}
