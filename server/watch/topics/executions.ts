/**
 * `executions?{filter}`: one page of executions. Its rows stay where they were when it was read: what changes, changes in place, what
 * no longer matches stays with its new state, and what came after is only counted (`newer`), so that nobody's row jumps away under the
 * pointer. A newcomer gets a fresh page (`isFresh` false makes a new channel).
 */
import { executionHeaderOf, type ExecutionHeader, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionsTopicState } from '../../../core/protocol/topics.ts';
import {
  isCountable, lastExecutionNumber, listExecutions, loadExecutionByNumber, matchesExecution, type ExecutionFilter, type ExecutionPage, type Key,
} from '../../store/index.ts';
import { changedMember, lightHeader, type Interest, type Kind, type Sources, type View } from '../view.ts';

/** A total that costs more than this to count is counted less often: at most this share of the time. */
const countingShareMax = 0.05;
/** `newer` stops counting here: a page that is left open over night must not remember every execution of it. */
const newerMax = 10_000;

export class ExecutionsView implements View<ExecutionsTopicState> {
  readonly #sources: Sources;
  readonly #filter: ExecutionFilter;
  readonly #page: ExecutionPage;
  readonly #countable: boolean;
  readonly #countsKeys: boolean;
  /** Rows of the page, by number. */
  #onPage = new Map<number, string>();
  /** The rows' numbers as they were when the page was read: what lies between them and is not there came later. */
  #top = 0;
  #bottom = 0;
  #isFull = false;
  #highestAtRead = 0;
  /** All matching numbers, for a filter that no counter covers. */
  #matching = new Set<number>();
  readonly #arrived = new Set<number>();
  /** Rows of the page that no longer match, or are gone. */
  readonly #misplaced = new Set<number>();
  readonly #changed = new Set<number>();
  #countersChanged = false;
  #countedAtMs = 0;
  #countingMs = 0;

  constructor(sources: Sources, filter: ExecutionFilter, page: ExecutionPage) {
    this.#sources = sources;
    this.#filter = { ...filter, ...(sources.allowed === everything ? {} : { allowed: sources.allowed }) };
    this.#page = page;
    this.#countable = isCountable(this.#filter);
    const { labels, startMs, endMs, childFilter, triggerExecutionId } = this.#filter;
    this.#countsKeys = this.#countable && ((labels?.length ?? 0) > 0 || startMs !== undefined || endMs !== undefined || childFilter !== undefined || triggerExecutionId !== undefined);
  }

  read(): ExecutionsTopicState {
    const { engine, tenant } = this.#sources;
    this.#changed.clear();
    this.#arrived.clear();
    this.#misplaced.clear();
    this.#countersChanged = false;
    this.#highestAtRead = lastExecutionNumber(engine, tenant);
    let rows: readonly ExecutionRow[];
    let total: number;
    if (this.#countable) {
      ({ rows, total } = listExecutions(engine, tenant, this.#filter, this.#page));
    } else {
      const all = listExecutions(engine, tenant, this.#filter, { ...this.#page, page: 1, size: Number.MAX_SAFE_INTEGER });
      this.#matching = new Set(all.rows.map((row) => row.number));
      const offset = (this.#page.page - 1) * this.#page.size;
      rows = all.rows.slice(offset, offset + this.#page.size);
      total = all.total;
    }
    this.#onPage = new Map(rows.map((row) => [row.number, row.id]));
    this.#top = rows[0]?.number ?? 0;
    this.#bottom = rows[rows.length - 1]?.number ?? 0;
    this.#isFull = rows.length >= this.#page.size;
    const byId: Record<string, ExecutionHeader> = {};
    for (const row of rows) byId[row.id] = lightHeader(executionHeaderOf(row));
    return { byId, order: rows.map((row) => row.id), total, newer: 0 };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'execution' }, { kind: 'counter' }];
  }

  note(kind: Kind, key: Key): void {
    const first = key[0];
    if (kind === 'counter') this.#countersChanged ||= first === 'flow';
    else if (typeof first === 'number') this.#changed.add(first);
  }

  update(last: ExecutionsTopicState): ExecutionsTopicState {
    let { byId, order } = last;
    // Counters change with every state; what else a filter asks for (a label, a time) may change without one.
    if (this.#countsKeys && this.#changed.size > 0) this.#countersChanged = true;
    for (const number of this.#changed) {
      const row = loadExecutionByNumber(this.#sources.engine, this.#sources.tenant, number);
      const matches = row !== undefined && matchesExecution(row, this.#filter);
      if (!this.#countable && matches) this.#matching.add(number);
      if (!this.#countable && !matches) this.#matching.delete(number);
      const id = this.#onPage.get(number);
      if (id === undefined) {
        if (!matches) this.#arrived.delete(number);
        else if (this.#arrived.size < newerMax && this.#cameLater(number)) this.#arrived.add(number);
        continue;
      }
      if (matches) this.#misplaced.delete(number);
      else this.#misplaced.add(number);
      byId = changedMember(byId, id, row === undefined ? undefined : lightHeader(executionHeaderOf(row)));
      if (row === undefined) {
        this.#onPage.delete(number);
        order = order.filter((other) => other !== id);
      }
    }
    const anyChanged = this.#changed.size > 0;
    this.#changed.clear();
    const total = this.#countable ? this.#countedTotal(last.total) : anyChanged ? this.#matching.size : last.total;
    return { byId, order, total, newer: this.#arrived.size };
  }

  againAtMs(): number | undefined {
    return this.#countersChanged ? this.#countedAtMs + this.#countingMs / countingShareMax : undefined;
  }

  isFresh(state: ExecutionsTopicState): boolean {
    return state.newer === 0 && this.#misplaced.size === 0 && !this.#countersChanged;
  }

  /** A matching row that is not on the page belongs to another page, unless it has begun to match since the page was read. */
  #cameLater(number: number): boolean {
    if (number > this.#highestAtRead) return true;
    const { field, direction } = this.#page.sort ?? { field: 'state.startDate', direction: 'desc' };
    if (field !== 'state.startDate' || direction !== 'desc') return false;
    if (!this.#isFull && this.#page.page === 1) return true;
    return number > this.#bottom && (this.#page.page === 1 || number < this.#top);
  }

  #countedTotal(last: number): number {
    const nowMs = this.#sources.nowMs();
    if (!this.#countersChanged || nowMs < this.#countedAtMs + this.#countingMs / countingShareMax) return last;
    this.#countersChanged = false;
    const { total } = listExecutions(this.#sources.engine, this.#sources.tenant, this.#filter, { page: 1, size: 0 });
    this.#countedAtMs = nowMs;
    this.#countingMs = this.#sources.nowMs() - nowMs;
    return total;
  }
}

/** The scope of those who may see all: no namespace has to be asked about. */
export const everything = (): boolean => true;
