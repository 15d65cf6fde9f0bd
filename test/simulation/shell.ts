/**
 * A shell around the pure engine as the real one is, in memory and with the world in the test's hand: events are stepped, a commit makes
 * rows, dates and children durable, and only then the commands are carried out. A crash forgets everything since the last commit.
 */
import {
  createRecorder, dueKey, ExecutionState, indexFlow, initialLabels, replay, settingsOf, step,
  type Advance, type Command, type DueWhat, type EngineEvent, type FlowIndex, type JournalEntry, type Lookup, type Recorder,
} from '../../core/engine/index.ts';
import { parseFlow, testingCatalog } from '../../core/language/index.ts';
import { currentState, type ExecutionRow, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import { executionId } from '../../core/protocol/ids.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import type { Chance } from './chance.ts';
import { checkStep, snapshot } from './laws.ts';

interface Job {
  readonly taskRunId: string;
  readonly attempt: number;
  started: boolean;
  killed: boolean;
}

interface Child {
  readonly id: string;
  readonly taskRunId: string;
  readonly waits: boolean;
  /** One of many children of its task run. */
  readonly isItem: boolean;
  readonly state: StateType;
}

interface Committed {
  readonly header: ExecutionRow;
  readonly rows: readonly TaskRunRow[];
  readonly dues: ReadonlyMap<string, { readonly dueAtMs: number; readonly what: DueWhat }>;
  readonly children: ReadonlyMap<string, Child>;
  readonly journalLength: number;
}

const childEnds: readonly StateType[] = ['SUCCESS', 'SUCCESS', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'];
/** Part of what a history was recorded with: it stays as it is. */
export const simulationLimits = { fuelMax: 100_000, outputCharsMax: 100_000, depthMax: 100 };
const code = { limits: simulationLimits };

export class Shell {
  readonly chance: Chance;
  readonly index: FlowIndex;
  readonly source: string;
  state: ExecutionState;
  nowMs = 1_700_000_000_000;
  journal: JournalEntry[] = [];
  /** What was done, for the report of a failure. */
  readonly trace: string[] = [];
  readonly counts = new Map<string, number>();
  steps = 0;
  readonly #lookup: Lookup;
  readonly #recorder: Recorder;
  #ids = 0;
  #jobs = new Map<string, Job>();
  #dues = new Map<string, { readonly dueAtMs: number; readonly what: DueWhat }>();
  #children = new Map<string, Child>();
  /** What the world will say next, in no order. */
  #answers: EngineEvent[] = [];
  /** Heard before: may come again at any time. */
  #heard: EngineEvent[] = [];
  #waiting: Command[] = [];
  #isDirty = true;
  #committed: Committed;

  readonly #forgets: Command['type'] | undefined;

  /** `forgets`: commands that are lost, to prove that it would be noticed. */
  constructor(source: string, chance: Chance, forgets?: Command['type']) {
    this.chance = chance;
    this.#forgets = forgets;
    this.source = source;
    const { flow, diagnostics } = parseFlow(source, { catalog: testingCatalog(), level: '1.x' });
    if (flow === undefined) throw new Error(`the random flow does not parse: ${diagnostics.map((one) => one.message).join('; ')}\n${source}`);
    const id = executionId('s'.repeat(22));
    const header: ExecutionRow = {
      number: 1, id, tenant: 'main', namespace: flow.namespace, flowId: flow.id, flowRevision: 1, labels: initialLabels(flow.labels, [], id), histories: [{ state: 'CREATED', atMs: this.nowMs }],
      originalId: id, metadata: { attemptNumber: 1, originalCreatedAtMs: this.nowMs },
    };
    this.index = indexFlow(flow, 1);
    this.state = new ExecutionState(this.index, header);
    this.#lookup = {
      world: { nowMs: () => this.nowMs, random: () => chance.next(), uuid: () => 'uuid' }, envs: {}, globals: {}, decrypted: (value) => value,
      newId: () => { this.#ids += 1; return `run-${this.#ids}`; }, ...code,
    };
    this.#recorder = createRecorder(this.#lookup);
    this.journal.push({ type: 'born', header, rows: [], settings: settingsOf(this.#lookup, this.index) });
    this.#committed = this.#snapshot();
  }

  get isDirty(): boolean { return this.#isDirty; }
  get jobCount(): number { return this.#jobs.size; }
  get answerCount(): number { return this.#answers.length; }
  get dueCount(): number { return this.#dues.size; }
  get openChildCount(): number { return [...this.#children.values()].filter((child) => !isTerminal(child.state)).length; }
  get isOver(): boolean { return isTerminal(this.state.state) && this.state.header.afterExecution === undefined; }

  note(what: string): void {
    this.trace.push(what);
    const kind = what.split(' ')[0] ?? what;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Steps an event and checks the laws. A repeated event has to be ignored where the rules say so. */
  send(event: EngineEvent): Advance {
    this.steps += 1;
    const before = snapshot(this.state);
    const advance = step(this.state, event, this.#recorder.lookup);
    this.note(`${event.type}${'taskRunId' in event ? ` ${this.#nameOf(event.taskRunId)}` : ''}${'state' in event ? ` ${String(event.state)}` : ''}${event.type === 'delayPassed' ? ` ${dueKey(event.what)}` : ''} -> ${advance.type === 'ignored' ? `ignored: ${advance.reason}` : this.state.state}`);
    checkStep(before, event, advance, this.state);
    if (advance.type === 'ignored') {
      this.#recorder.forget();
      return advance;
    }
    this.#isDirty = true;
    this.journal.push(this.#recorder.entry(event, advance, this.state.header));
    for (const command of advance.commands) this.#take(command);
    this.#heard.push(event);
    if (this.#heard.length > 30) this.#heard.shift();
    if (onceOnly.has(event.type) && this.chance.is(0.2)) this.#again(event);
    return advance;
  }

  /** EN1 an event twice is ignored the second time. */
  #again(event: EngineEvent): void {
    // A second kill is for what runs after the end; the date of a new execution goes with the commit that creates it, and a round may be over as it begins.
    if (this.state.header.afterExecution !== undefined || (event.type === 'delayPassed' && (event.what.type === 'newExecution' || event.what.type === 'loop'))) return;
    const again = step(this.state, event, this.#recorder.lookup);
    this.#recorder.forget();
    if (again.type !== 'ignored') throw new Error(`A law is broken: ${event.type} is taken twice`);
  }

  #nameOf(taskRunId: string): string {
    const row = this.state.get(taskRunId);
    return row === undefined ? taskRunId : `${row.taskId}${row.value === undefined ? '' : `/${row.value}`}`;
  }

  /** Dates are written with the step's own commit; everything else waits until it is durable. */
  #take(command: Command): void {
    if (command.type === this.#forgets) return;
    if (command.type === 'schedule') this.#dues.set(dueKey(command.what), { dueAtMs: command.dueAtMs, what: command.what });
    else if (command.type === 'unschedule') this.#dues.delete(dueKey(command.what));
    else if (command.type === 'createSubflow') {
      if (command.item === undefined && this.chance.is(0.1)) this.#waiting.push({ type: 'findSubflow', taskRunId: command.taskRunId, childId: command.childId, wait: command.wait });
      else this.#children.set(command.childId, { id: command.childId, taskRunId: command.taskRunId, waits: command.wait, isItem: command.item !== undefined, state: 'CREATED' });
      this.#waiting.push(command);
    } else if (command.type === 'createIteration') {
      this.#children.set(command.childId, { id: command.childId, taskRunId: command.taskRunId, waits: true, isItem: true, state: 'CREATED' });
      this.#waiting.push(command);
    } else this.#waiting.push(command);
  }

  commit(): void {
    this.note('commit');
    this.#committed = this.#snapshot();
    this.#isDirty = false;
    const commands = this.#waiting;
    this.#waiting = [];
    for (const command of commands) this.#carryOut(command);
    this.#checkNothingForgotten();
  }

  #snapshot(): Committed {
    return { header: this.state.header, rows: this.state.ordered(), dues: new Map(this.#dues), children: new Map(this.#children), journalLength: this.journal.length };
  }

  /** The process ends without a word and starts again: what was not committed has never been. */
  crash(): void {
    this.note('crash');
    const { header, rows, dues, children, journalLength } = this.#committed;
    this.state = new ExecutionState(this.index, header, rows);
    this.journal = [...this.journal.slice(0, journalLength), { type: 'configured', settings: settingsOf(this.#lookup, this.index) }];
    this.#dues = new Map(dues);
    this.#children = new Map(children);
    this.#jobs.clear();
    this.#answers = [];
    this.#heard = [];
    this.#waiting = [];
    this.#isDirty = false;
    this.#takeUp();
  }

  /** As the real loop does it after a start. */
  #takeUp(): void {
    const { state } = this.state;
    if (this.isOver) return;
    this.send({ type: state === 'CREATED' || state === 'RESTARTED' || state === 'QUEUED' ? 'begun' : 'recovered', atMs: this.nowMs });
  }

  #carryOut(command: Command): void {
    const atMs = this.nowMs;
    switch (command.type) {
      case 'runTask': {
        const known = this.#jobs.get(command.taskRunId);
        // Asked for twice (a resume looks at everything again): as in the real loop the job that runs is the one.
        if (known !== undefined && !known.killed && known.attempt === command.attempt) return;
        if (known !== undefined && !known.killed) throw new Error(`A law is broken: ${command.task.id} runs as attempt ${command.attempt} while attempt ${known.attempt} runs`);
        const row = this.state.get(command.taskRunId);
        if (row === undefined || this.isOver || this.state.state === 'KILLING' || !isAwaited(row, command.attempt)) return;
        // What the job before has said is known by its own number in the real world.
        this.#heard = this.#heard.filter((event) => !('taskRunId' in event) || event.taskRunId !== command.taskRunId);
        this.#jobs.set(command.taskRunId, { taskRunId: command.taskRunId, attempt: command.attempt, started: false, killed: false });
        return;
      }
      case 'killTask': {
        const job = this.#jobs.get(command.taskRunId);
        const row = this.state.get(command.taskRunId);
        if (job !== undefined) job.killed = true;
        else if (row !== undefined && currentState(row.histories) === 'KILLING') this.#answers.push({ type: 'taskEnded', atMs, taskRunId: command.taskRunId, attempt: row.attempts?.length ?? 1, state: 'KILLED' });
        return;
      }
      case 'createSubflow': {
        const child = this.#children.get(command.childId);
        if (child === undefined) return;
        if (child.isItem) this.#countItems(command.taskRunId);
        else this.#answers.push({ type: 'subflowStarted', atMs, taskRunId: command.taskRunId, childId: command.childId });
        return;
      }
      case 'createIteration': this.#countItems(command.taskRunId); return;
      case 'countItems': this.#countItems(command.taskRunId); return;
      case 'findSubflow': {
        const child = this.#children.get(command.childId);
        if (child === undefined) this.#answers.push({ type: 'subflowRefused', atMs, taskRunId: command.taskRunId, childId: command.childId, message: 'there is no such flow' });
        else if (isTerminal(child.state)) this.#answers.push({ type: 'subflowEnded', atMs, taskRunId: command.taskRunId, childId: command.childId, state: child.state });
        else if (!command.wait) this.#answers.push({ type: 'subflowStarted', atMs, taskRunId: command.taskRunId, childId: command.childId });
        return;
      }
      case 'restartSubflow': {
        const child = this.#children.get(command.childId);
        if (child === undefined || this.chance.is(0.3)) this.#answers.push({ type: 'subflowMissing', atMs, taskRunId: command.taskRunId, childId: command.childId });
        else this.#children.set(child.id, { ...child, state: 'RUNNING' });
        return;
      }
      case 'restartItems':
        for (const child of [...this.#children.values()]) if (child.taskRunId === command.taskRunId && child.state === 'FAILED') this.#children.set(child.id, { ...child, state: 'RUNNING' });
        this.#countItems(command.taskRunId);
        return;
      case 'readItems': {
        const total = 1 + (command.uri.length % 4);
        const end = Math.min(total, command.from + command.countMax);
        if (this.chance.is(0.1)) this.#answers.push({ type: 'itemsFailed', atMs, taskRunId: command.taskRunId, message: 'the file is gone' });
        else this.#answers.push({ type: 'itemsRead', atMs, taskRunId: command.taskRunId, from: command.from, items: Array.from({ length: end - command.from }, (_, index) => `item ${command.from + index}`), ...(end === total ? { total } : {}) });
        return;
      }
      case 'mergeItems': this.#answers.push({ type: 'merged', atMs, taskRunId: command.taskRunId, outputs: {}, ...(this.chance.is(0.1) ? { problem: 'a file is gone' } : {}) }); return;
      case 'openDirectory': this.#answers.push({ type: 'directoryOpened', atMs, taskRunId: command.taskRunId, ...(this.chance.is(0.1) ? { problem: 'no space is left' } : {}) }); return;
      case 'closeDirectory': this.#answers.push({ type: 'directoryClosed', atMs, taskRunId: command.taskRunId, ...(this.chance.is(0.1) ? { problem: 'a file can not be kept' } : { outputs: { outputFiles: {} } }) }); return;
      case 'killChildren':
        for (const child of [...this.#children.values()]) if (!isTerminal(child.state)) this.#endChild(child, 'KILLED');
        return;
      case 'dropDirectory': case 'log': case 'createNextAttempt': case 'ended': case 'settled': case 'schedule': case 'unschedule': return;
      default: never(command);
    }
  }

  #countItems(taskRunId: string): void {
    const iterations: Partial<Record<StateType, number>> = {};
    for (const child of this.#children.values()) if (child.taskRunId === taskRunId) iterations[child.state] = (iterations[child.state] ?? 0) + 1;
    this.#answers.push({ type: 'itemsMoved', atMs: this.nowMs, taskRunId, iterations });
  }

  #endChild(child: Child, state: StateType): void {
    this.#children.set(child.id, { ...child, state });
    if (child.isItem) this.#countItems(child.taskRunId);
    else if (child.waits) this.#answers.push({ type: 'subflowEnded', atMs: this.nowMs, taskRunId: child.taskRunId, childId: child.id, state });
  }

  // ------------------------------------------------------------------ what the world does

  tick(): void {
    this.nowMs += 1 + this.chance.below(2000);
  }

  /** Some job begins or ends. */
  moveJob(): void {
    const job = this.chance.pick([...this.#jobs.values()]);
    const { taskRunId, attempt } = job;
    if (!job.started && this.chance.is(0.5)) {
      job.started = true;
      this.send({ type: 'taskStarted', atMs: this.nowMs, taskRunId, attempt });
      return;
    }
    this.#jobs.delete(taskRunId);
    const state = job.killed && this.chance.is(0.7) ? 'KILLED' : this.chance.pick(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS', 'WARNING', 'FAILED'] as const);
    this.send({ type: 'taskEnded', atMs: this.nowMs, taskRunId, attempt, state, ...(this.chance.is(0.5) ? { outputs: { value: this.chance.below(100) } } : {}), ...(state === 'FAILED' ? { message: 'it failed' } : {}), ...(this.chance.is(0.03) ? { dynamic: [{ taskId: 'made', state: 'SUCCESS' as const }] } : {}) });
  }

  moveChild(): void {
    const open = [...this.#children.values()].filter((child) => !isTerminal(child.state));
    if (open.length > 0) this.#endChild(this.chance.pick(open), this.chance.pick(childEnds));
  }

  answer(): void {
    const [event] = this.#answers.splice(this.chance.below(this.#answers.length), 1);
    if (event !== undefined) this.send({ ...event, atMs: this.nowMs });
  }

  /** The next date comes; the clock goes there. */
  due(): void {
    const next = [...this.#dues.values()].reduce((first, one) => (one.dueAtMs < first.dueAtMs ? one : first));
    this.#dues.delete(dueKey(next.what));
    this.#isDirty = true;
    this.nowMs = Math.max(this.nowMs, next.dueAtMs);
    this.send({ type: 'delayPassed', atMs: this.nowMs, what: next.what });
  }

  /** Something that was heard before comes again, much later. */
  repeat(): void {
    const repeatable = this.#heard.filter((event) => repeatableEvents.has(event.type));
    if (repeatable.length > 0) this.send({ ...this.chance.pick(repeatable), atMs: this.nowMs });
  }

  // ------------------------------------------------------------------ laws over the whole

  /** After a commit every open task run is waited for by somebody, and nobody works for one that has ended. */
  #checkNothingForgotten(): void {
    const { state } = this.state;
    const stands = state === 'PAUSED' || state === 'BREAKPOINT' || state === 'CREATED' || state === 'QUEUED' || state === 'RESTARTED';
    for (const row of this.state.all()) {
      const task = this.index.tasks.get(row.taskId)?.task;
      const current = currentState(row.histories);
      if (task === undefined || row.dynamic === true) continue;
      if (task.kind === 'runnable') {
        const job = this.#jobs.get(row.id);
        const isToldSoon = this.#answers.some((event) => event.type === 'taskEnded' && event.taskRunId === row.id);
        if ((current === 'RUNNING' || current === 'KILLING') && job === undefined && !isToldSoon) throw new Error(`A law is broken: ${row.taskId} is ${current} and nobody runs it`);
        if ((current === 'CREATED' || current === 'RESTARTED') && job === undefined && !stands) throw new Error(`A law is broken: ${row.taskId} is ${current}, the execution ${state}, and nobody runs it`);
        if (isTerminal(current) && job !== undefined && !job.killed) throw new Error(`A law is broken: ${row.taskId} is ${current} and still runs, and nobody has told it to stop`);
      }
      if (current === 'RETRYING' && !this.#dues.has(`retry:${row.id}`)) throw new Error(`A law is broken: ${row.taskId} waits for a retry without a date`);
      if (task.kind === 'subflow' && current === 'RUNNING' && !this.#isWaitedFor(row)) throw new Error(`A law is broken: ${row.taskId} waits for an execution that will not answer`);
    }
    if (this.isOver) for (const key of this.#dues.keys()) if (key !== 'newExecution' && !key.startsWith('sla')) throw new Error(`A law is broken: the execution is ${state} and has a date for ${key}`);
  }

  #isWaitedFor(row: TaskRunRow): boolean {
    if (this.#answers.some((event) => 'taskRunId' in event && event.taskRunId === row.id)) return true;
    const child = this.#children.get(String(row.outputs?.['executionId']));
    return child !== undefined && !isTerminal(child.state);
  }

  /** EN4 the journal is enough: its replay gives the rows. */
  checkReplay(): void {
    const replayed = replay(this.index, this.journal, code);
    const [told, stands] = [replayed, this.state].map((state) => [state.header, ...state.ordered()].map((part) => JSON.stringify(part)));
    for (let index = 0; index < Math.max(told?.length ?? 0, stands?.length ?? 0); index += 1) {
      if (told?.[index] !== stands?.[index]) throw new Error(`A law is broken: the replay differs from the rows\nreplayed ${told?.[index] ?? 'nothing'}\nstands   ${stands?.[index] ?? 'nothing'}`);
    }
  }
}

/** Whether a task run waits for this very attempt: between a step and its commit it may have moved on. */
function isAwaited(row: TaskRunRow, attempt: number): boolean {
  const current = currentState(row.histories);
  const attempts = row.attempts?.length ?? 0;
  return current === 'RUNNING' ? attempts === attempt : (current === 'CREATED' || current === 'RESTARTED') && attempts + 1 === attempt;
}

/** Hearing it again at once has to change nothing. */
const onceOnly: ReadonlySet<EngineEvent['type']> = new Set(['begun', 'taskStarted', 'taskEnded', 'subflowStarted', 'subflowRefused', 'subflowEnded', 'killRequested', 'delayPassed', 'directoryOpened', 'directoryClosed', 'itemsRead']);
/** What a slow world may say again at any time. */
const repeatableEvents: ReadonlySet<EngineEvent['type']> = new Set(['taskStarted', 'taskEnded', 'subflowStarted', 'subflowRefused', 'subflowEnded', 'directoryOpened', 'directoryClosed', 'itemsRead', 'merged']);

function never(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`);
}
