/** What executions wait for: each date is a row that outlives the process, and a timer while it runs. */
import { dueKey, type DueWhat } from '../../core/engine/index.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { Ambient } from '../ambient/index.ts';
import { engineKeys, type Key, type Write } from '../store/index.ts';

export interface DueOwner {
  readonly tenant: string;
  readonly id: string;
}

export interface DueDatesOptions {
  readonly ambient: Pick<Ambient, 'clock' | 'timers'>;
  /** With the next commit. */
  readonly write: (write: Write) => void;
  /** The date has come. The row goes with the step that follows from it, not before: a crash in between must find it. */
  readonly fire: (owner: DueOwner, what: DueWhat, key: Key) => void;
}

/** Timers count to 2^31 ms; a longer one is set again. */
const timerMsMax = 2_000_000_000;

export class DueDates {
  readonly #options: DueDatesOptions;
  readonly #dues = new Map<string, { readonly owner: DueOwner; readonly key: Key; readonly cancel: () => void }>();

  constructor(options: DueDatesOptions) {
    this.#options = options;
  }

  schedule(header: ExecutionRow, dueAtMs: number, what: DueWhat): void {
    this.unschedule(header, what);
    const key = engineKeys.due(dueAtMs, header.tenant, header.number, dueKey(what));
    this.#options.write({ type: 'put', key, value: { executionId: header.id, what } });
    this.arm(dueAtMs, header, what, key);
  }

  /** The timer of a row that is there. */
  arm(dueAtMs: number, { tenant, id }: DueOwner, what: DueWhat, key: Key): void {
    const { clock, timers } = this.#options.ambient;
    const name = nameOf({ tenant, id }, what);
    const waitMs = Math.max(0, dueAtMs - clock.nowMs());
    const cancel = timers.after(Math.min(waitMs, timerMsMax), () => {
      this.#dues.delete(name);
      if (waitMs > timerMsMax) this.arm(dueAtMs, { tenant, id }, what, key);
      else this.#options.fire({ tenant, id }, what, key);
    });
    this.#dues.set(name, { owner: { tenant, id }, key, cancel });
  }

  has(owner: DueOwner, what: DueWhat): boolean {
    return this.#dues.has(nameOf(owner, what));
  }

  unschedule(owner: DueOwner, what: DueWhat): void {
    const name = nameOf(owner, what);
    const due = this.#dues.get(name);
    if (due === undefined) return;
    due.cancel();
    this.#dues.delete(name);
    this.#options.write({ type: 'remove', key: due.key });
  }

  /** Everything that a deleted execution has waited for. */
  forget({ id }: DueOwner): void {
    for (const [name, due] of this.#dues) {
      if (due.owner.id !== id) continue;
      due.cancel();
      this.#dues.delete(name);
      this.#options.write({ type: 'remove', key: due.key });
    }
  }

  /** The rows stay for the next start. */
  stop(): void {
    for (const { cancel } of this.#dues.values()) cancel();
    this.#dues.clear();
  }
}

const nameOf = ({ tenant, id }: DueOwner, what: DueWhat): string => `${tenant}/${id}/${dueKey(what)}`;
