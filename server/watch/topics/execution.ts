/** `execution/{id}`: header, task runs and metrics of one execution. A change of one of 5,000 task runs reads one row. */
import { executionHeaderOf, taskRunOf, type ExecutionRow, type TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { MetricEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { loadExecution, loadExecutionByNumber, loadExecutionNumber, loadMetrics, loadTaskRun, loadTaskRuns, type Key } from '../../store/index.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

const absent: ExecutionTopicState = { execution: null, taskRuns: {}, order: [], metrics: [] };

export class ExecutionView implements View<ExecutionTopicState> {
  readonly #sources: Sources;
  readonly #id: string;
  #row: ExecutionRow | undefined;
  /** Ids by position. */
  #ids: (string | undefined)[] = [];
  #headerChanged = false;
  readonly #positions = new Set<number>();
  #metricsChanged = false;

  constructor(sources: Sources, id: string) {
    this.#sources = sources;
    this.#id = id;
  }

  read(): ExecutionTopicState {
    this.#clear();
    const row = loadExecution(this.#sources.engine, this.#sources.tenant, this.#id);
    this.#row = row;
    this.#ids = [];
    if (row === undefined) return absent;
    const taskRuns: Record<string, TaskRun> = {};
    for (const taskRun of loadTaskRuns(this.#sources.engine, row)) {
      taskRuns[taskRun.id] = taskRunOf(taskRun, row);
      this.#ids[taskRun.position] = taskRun.id;
    }
    return { execution: executionHeaderOf(row), taskRuns, order: this.#order(), metrics: loadMetrics(this.#sources.engine, row) };
  }

  interests(): readonly Interest[] {
    const number = this.#row?.number ?? loadExecutionNumber(this.#sources.engine, this.#sources.tenant, this.#id);
    if (number === undefined) return [{ kind: 'executionId' }];
    return [{ kind: 'execution', number }, { kind: 'taskRun', number }, { kind: 'metric', number }];
  }

  note(kind: Kind, key: Key): void {
    switch (kind) {
      case 'taskRun': {
        const position = key[1];
        if (typeof position === 'number') this.#positions.add(position);
        return;
      }
      case 'metric':
        this.#metricsChanged = true;
        return;
      case 'executionId':
        if (key[0] === this.#id) this.#headerChanged = true;
        return;
      default:
        this.#headerChanged = true;
    }
  }

  update(last: ExecutionTopicState): ExecutionTopicState {
    const old = this.#row;
    if (old === undefined) return this.#headerChanged ? this.read() : last;
    const row = this.#headerChanged ? loadExecutionByNumber(this.#sources.engine, this.#sources.tenant, old.number) : old;
    if (row === undefined) {
      this.#clear();
      this.#row = undefined;
      this.#ids = [];
      return absent;
    }
    this.#row = row;
    let { taskRuns, order, metrics } = last;
    if (this.#positions.size > 0) {
      const next: Record<string, TaskRun> = { ...taskRuns };
      let moved = false;
      for (const position of this.#positions) {
        const taskRun = loadTaskRun(this.#sources.engine, row, position);
        const was = this.#ids[position];
        if (was !== undefined && was !== taskRun?.id) delete next[was];
        if (was !== taskRun?.id) moved = true;
        this.#ids[position] = taskRun?.id;
        if (taskRun !== undefined) next[taskRun.id] = taskRunOf(taskRun, row);
      }
      taskRuns = next;
      if (moved) order = this.#order();
    }
    // Metrics are only ever appended.
    if (this.#metricsChanged) metrics = appended(metrics, loadMetrics(this.#sources.engine, row, metrics.length));
    const execution = this.#headerChanged ? executionHeaderOf(row) : last.execution;
    this.#clear();
    return { execution, taskRuns, order, metrics };
  }

  #order(): readonly string[] {
    return this.#ids.filter((id) => id !== undefined);
  }

  #clear(): void {
    this.#headerChanged = false;
    this.#positions.clear();
    this.#metricsChanged = false;
  }
}

const appended = (metrics: readonly MetricEntry[], more: readonly MetricEntry[]): readonly MetricEntry[] => (more.length === 0 ? metrics : [...metrics, ...more]);
