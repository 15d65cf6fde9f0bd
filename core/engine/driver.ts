/** For tests: drives one execution in memory, with the test as worker, clock and chance. Start states are made by events, never written. */
import { executionId } from '../protocol/ids.ts';
import { type Breakpoint, currentState, type ExecutionRow } from '../protocol/entities/execution.ts';
import type { StateType } from '../protocol/states.ts';
import type { World } from '../expression/index.ts';
import { parseFlow, testingCatalog } from '../language/index.ts';
import type { Advance, Command, EngineEvent } from './events.ts';
import { ExecutionState } from './execution-state.ts';
import { indexFlow, type FlowIndex } from './flow-index.ts';
import { createRecorder, settingsOf, type JournalEntry, type Recorder } from './journal.ts';
import { initialLabels } from './labels.ts';
import type { Lookup } from './lookup.ts';
import { step } from './step.ts';

export interface DriverOptions {
  readonly random?: () => number;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly fuelMax?: number;
  readonly world?: Partial<World>;
  readonly envs?: Readonly<Record<string, string>>;
  readonly breakpoints?: readonly Breakpoint[];
}

/** What a test's worker says of a task. */
export type TaskResult = { readonly state: 'SUCCESS' | 'WARNING' | 'FAILED'; readonly outputs?: Readonly<Record<string, unknown>> };

export class Driver {
  state: ExecutionState;
  readonly index: FlowIndex;
  readonly lookup: Lookup;
  readonly journal: JournalEntry[] = [];
  readonly #recorder: Recorder;
  nowMs = 1_000_000;
  readonly logs: string[] = [];
  /** Tasks that were told to run and have not ended. */
  readonly running = new Map<string, { readonly taskId: string; readonly attempt: number; readonly value: string | undefined }>();
  readonly due: { readonly dueAtMs: number; readonly what: Extract<Command, { type: 'schedule' }>['what'] }[] = [];
  readonly commands: Command[] = [];
  #ids = 0;

  constructor(source: string, options: DriverOptions = {}) {
    const { flow, diagnostics } = parseFlow(source, { catalog: testingCatalog(), level: '1.x' });
    if (flow === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
    const id = executionId('e'.repeat(22));
    const header: ExecutionRow = {
      number: 1, id, tenant: 'main', namespace: flow.namespace, flowId: flow.id, flowRevision: 1, labels: initialLabels(flow.labels, [], id), histories: [{ state: 'CREATED', atMs: this.nowMs }],
      originalId: id, metadata: { attemptNumber: 1, originalCreatedAtMs: this.nowMs }, ...(options.inputs === undefined ? {} : { inputs: options.inputs }), ...(options.breakpoints === undefined ? {} : { breakpoints: options.breakpoints }),
    };
    this.index = indexFlow(flow, 1);
    this.state = new ExecutionState(this.index, header);
    this.lookup = {
      world: { nowMs: () => this.nowMs, random: options.random ?? (() => 0.5), uuid: () => 'uuid', ...options.world }, envs: options.envs ?? {}, globals: {}, decrypted: (value) => value,
      newId: () => { this.#ids += 1; return `run-${this.#ids}`; },
      limits: { fuelMax: options.fuelMax ?? 200_000, outputCharsMax: 1_000_000, depthMax: 100 },
    };
    this.#recorder = createRecorder(this.lookup);
    this.journal.push({ type: 'born', header, rows: [], settings: settingsOf(this.lookup, this.index) });
  }

  /** The engine ends without a word: memory is gone, rows and journal are there, tasks that ran are forgotten. */
  crash(): void {
    this.state = new ExecutionState(this.index, this.state.header, this.state.ordered());
    this.running.clear();
  }

  /** The rows as the store holds them. */
  rows(): string {
    return JSON.stringify([this.state.header, this.state.ordered()]);
  }

  send(event: EngineEvent): Advance {
    const advance = step(this.state, event, this.#recorder.lookup);
    if (advance.type === 'ignored') { this.#recorder.forget(); return advance; }
    this.journal.push(this.#recorder.entry(event, advance, this.state.header));
    for (const command of advance.commands) {
      this.commands.push(command);
      if (command.type === 'runTask') this.running.set(command.taskRunId, { taskId: command.task.id, attempt: command.attempt, value: this.state.get(command.taskRunId)?.value });
      if (command.type === 'log') this.logs.push(`${command.level} ${command.message}`);
      if (command.type === 'schedule') this.due.push({ dueAtMs: command.dueAtMs, what: command.what });
    }
    return advance;
  }

  begin(): void {
    this.send({ type: 'begun', atMs: this.nowMs });
  }

  /** Ends a running task; answers what the engine said. */
  end(taskRunId: string, result: TaskResult): Advance {
    const job = this.running.get(taskRunId);
    this.running.delete(taskRunId);
    this.nowMs += 10;
    return this.send({ type: 'taskEnded', atMs: this.nowMs, taskRunId, attempt: job?.attempt ?? 1, ...result });
  }

  /** Runs on, first come first served, until nothing runs and nothing is due; at most `stepsMax` tasks. */
  run(worker: (taskId: string, attempt: number, value: string | undefined) => TaskResult, stepsMax = 100_000): void {
    if (this.state.state === 'CREATED') this.begin();
    for (let count = 0; count < stepsMax; count += 1) {
      const next = this.running.entries().next().value;
      if (next !== undefined) {
        this.end(next[0], worker(next[1].taskId, next[1].attempt, next[1].value));
        continue;
      }
      const due = this.due.sort((a, b) => a.dueAtMs - b.dueAtMs).shift();
      if (due === undefined) return;
      this.nowMs = Math.max(this.nowMs, due.dueAtMs);
      this.send({ type: 'delayPassed', atMs: this.nowMs, what: due.what });
    }
    throw new Error(`not at rest after ${stepsMax} tasks`);
  }

  get ended(): StateType { return this.state.state; }

  /** `task` or `task/value` to its last state, in order of creation. */
  states(): Readonly<Record<string, StateType>> {
    return Object.fromEntries(this.state.ordered().map((row) => [row.value === undefined ? row.taskId : `${row.taskId}/${row.value}`, currentState(row.histories)]));
  }

  of(taskId: string): string {
    const row = this.state.ordered().find((one) => one.taskId === taskId);
    if (row === undefined) throw new Error(`no task run of ${taskId}`);
    return row.id;
  }
}

export const succeed = (): TaskResult => ({ state: 'SUCCESS' });
