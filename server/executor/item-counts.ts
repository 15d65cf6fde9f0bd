/**
 * The children of task runs that start one execution for each item: how many are in which state. Counted at each move of a child, told to
 * the parent always as a whole, so that a word lost in a crash costs nothing: after a start they are counted anew from the rows.
 */
import { currentState, type ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import { enginePrefixes, loadExecutionByNumber, type Reader } from '../store/index.ts';
import type { Live } from './live.ts';
import { liveKey } from './live.ts';

/** Of many moving children the parent hears at most so often. */
const tellMs = 50;
const manyItems = 200;

interface Counted {
  readonly parent: Live;
  readonly taskRunId: string;
  readonly counts: Map<StateType, number>;
  /** Where those stand that have not ended. */
  readonly open: Map<string, StateType>;
  told: boolean;
}

export interface ItemCountsOptions {
  readonly engine: Reader;
  readonly live: (key: string) => Live | undefined;
  readonly tell: (parent: Live, taskRunId: string, iterations: Readonly<Partial<Record<StateType, number>>>) => void;
  readonly soon: (call: () => void) => void;
  readonly after: (delayMs: number, call: () => void) => void;
}

/** The task run of another execution that counts this one among its items. */
export function countedBy(header: ExecutionRow): { readonly executionId: string; readonly taskRunId: string } | undefined {
  const variables = header.trigger?.variables;
  const executionId = variables?.['executionId'];
  const taskRunId = variables?.['taskRunId'];
  return typeof executionId === 'string' && typeof taskRunId === 'string' ? { executionId, taskRunId } : undefined;
}

export class ItemCounts {
  readonly #options: ItemCountsOptions;
  readonly #counted = new Map<string, Counted>();

  constructor(options: ItemCountsOptions) {
    this.#options = options;
  }

  /** A child has come into the world or has changed its state. */
  moved(child: Live): void {
    const of = countedBy(child.state.header);
    if (of === undefined) return;
    const parent = this.#options.live(liveKey(child.tenant, of.executionId));
    const row = parent?.state.get(of.taskRunId);
    if (parent === undefined || row === undefined || parent.state.index.tasks.get(row.taskId)?.task.kind !== 'items') return;
    const one = this.#of(parent, of.taskRunId);
    this.#move(one, child.state.header.id, child.state.state);
    this.#tell(one);
  }

  /** A child was deleted while it ran. */
  gone(child: Live): void {
    const of = countedBy(child.state.header);
    const one = of === undefined ? undefined : this.#counted.get(`${liveKey(child.tenant, of.executionId)}/${of.taskRunId}`);
    if (one === undefined || !one.open.has(child.state.header.id)) return;
    this.#move(one, child.state.header.id, 'KILLED');
    this.#tell(one);
  }

  /** Counts all children of a task run by their rows. */
  recount(parent: Live, taskRunId: string): void {
    this.#counted.delete(`${parent.key}/${taskRunId}`);
    const one = this.#of(parent, taskRunId);
    for (const header of childrenOf(this.#options.engine, parent, taskRunId)) this.#move(one, header.id, this.#options.live(liveKey(parent.tenant, header.id))?.state.state ?? currentState(header.histories));
    this.#tell(one);
  }

  /** The task run has ended. */
  forget(parent: Live): void {
    for (const key of this.#counted.keys()) if (key.startsWith(`${parent.key}/`)) this.#counted.delete(key);
  }

  #of(parent: Live, taskRunId: string): Counted {
    const key = `${parent.key}/${taskRunId}`;
    const found = this.#counted.get(key);
    if (found !== undefined) return found;
    const made: Counted = { parent, taskRunId, counts: new Map(), open: new Map(), told: true };
    this.#counted.set(key, made);
    return made;
  }

  #move({ counts, open }: Counted, id: string, state: StateType): void {
    const before = open.get(id);
    if (before === state) return;
    if (before !== undefined) counts.set(before, (counts.get(before) ?? 1) - 1);
    // One that is tried again as a new execution is counted there.
    if (state !== 'RETRIED') counts.set(state, (counts.get(state) ?? 0) + 1);
    if (isTerminal(state)) open.delete(id);
    else open.set(id, state);
  }

  #tell(one: Counted): void {
    if (!one.told) return;
    one.told = false;
    const say = (): void => {
      one.told = true;
      this.#options.tell(one.parent, one.taskRunId, Object.fromEntries(one.counts));
    };
    // The last of them must not wait.
    if (one.open.size > manyItems) this.#options.after(tellMs, say);
    else this.#options.soon(say);
  }
}

/** The executions that a task run has started for its items, in the order of the items. Those that were retried as new ones are left out. */
export function* childrenOf(engine: Reader, parent: Live, taskRunId: string): Generator<ExecutionRow> {
  for (const { key } of engine.range({ prefix: enginePrefixes.byTriggerExecution(parent.tenant, parent.state.header.id) })) {
    const header = typeof key[3] === 'number' ? loadExecutionByNumber(engine, parent.tenant, key[3]) : undefined;
    if (header !== undefined && countedBy(header)?.taskRunId === taskRunId && currentState(header.histories) !== 'RETRIED') yield header;
  }
}
