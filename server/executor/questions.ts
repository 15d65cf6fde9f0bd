/**
 * `http()`, `subflow()` and `errorLogs()` in the engine's own expressions (If, Switch, ForEach, `runIf`, inputs of subflows, outputs). A step decides in
 * one breath and can not wait; so it is tried. When an expression asks, what the trial has made is thrown away, the question goes to a task
 * thread (or starts the flow), and the same event is stepped again with the answer, which the journal keeps like any other reading.
 *
 *     event -> step on trial -> asked? -> the state as it was before; the event and all later ones of this execution wait
 *       -> answer -> the same event again, then those that have waited
 *
 * A crash in between forgets the question; the step is tried again from the rows, so a question is asked at least once.
 */
import { ExecutionState, type EngineEvent, type FlowIndex } from '../../core/engine/index.ts';
import { Deferred, type World } from '../../core/expression/index.ts';
import type { TaskModel } from '../../core/language/model.ts';
import type { ExecutionRow, TaskRunRow } from '../../core/protocol/entities/execution.ts';
import { taskRunId } from '../../core/protocol/ids.ts';
import { parseJsonText } from '../../core/protocol/json.ts';
import type { Key } from '../store/index.ts';
import { mayAsk, questionKey, questionsMax, type Answer, type Question, type TaskJob, type WorkerEvent } from '../worker/index.ts';
import type { Live } from './live.ts';

export interface QueuedEvent {
  readonly live: Live;
  readonly event: EngineEvent;
  readonly due: Key | undefined;
}

export interface QuestionsOptions {
  readonly run: (job: TaskJob) => readonly WorkerEvent[] | undefined;
  readonly kill: (jobId: string) => void;
  readonly subflow: (header: ExecutionRow, call: Extract<Question, { type: 'subflow' }>['call']) => Promise<unknown>;
  /** Soon, and not in the middle of a step: what it answers is stepped before anything else, in its order. */
  readonly again: (take: () => readonly QueuedEvent[]) => void;
}

interface Asked {
  readonly answers: Map<string, Answer>;
  /** Of the step that is on trial. */
  question: Question | undefined;
  /** While an answer is waited for: the event that asked, and those that came after it. */
  readonly held: QueuedEvent[];
  isWaiting: boolean;
  /** The execution was killed: whatever is still asked fails at once. */
  isKilled: boolean;
  jobId: string | undefined;
  /** Told when the answer is there and what has waited is stepped. */
  readonly wakes: (() => void)[];
}

export interface Before {
  readonly header: ExecutionRow;
  readonly rows: readonly TaskRunRow[];
}

/** How long a question may take; a flow that is run as long as it likes. */
const questionTimeoutMs = 60_000;

export class Questions {
  readonly #options: QuestionsOptions;
  readonly #asked = new Map<Live, Asked>();
  readonly #jobs = new Map<string, (answer: Answer) => void>();
  readonly #asks = new WeakMap<FlowIndex, boolean>();
  #lastJob = 0;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** For the world of an execution's steps. */
  worldOf(live: Live): Required<Pick<World, 'http' | 'subflow' | 'errorLogs'>> {
    const answerTo = (question: Question): unknown => {
      const asked = this.#of(live);
      if (asked.isKilled) throw new Error('the execution was killed');
      const answer = asked.answers.get(questionKey(question));
      if (answer === undefined) {
        asked.question = question;
        throw new Deferred(`${question.type}()`);
      }
      if ('error' in answer) throw new Error(answer.error);
      return answer.value;
    };
    const lines = (): unknown[] => {
      const answer = answerTo({ type: 'errorLogs', call: null });
      return Array.isArray(answer) ? answer : [];
    };
    return { http: (call) => answerTo({ type: 'http', call }), subflow: (call) => answerTo({ type: 'subflow', call }), errorLogs: lines };
  }

  #of(live: Live): Asked {
    const found = this.#asked.get(live);
    if (found !== undefined) return found;
    const made: Asked = { answers: new Map(), question: undefined, held: [], isWaiting: false, isKilled: false, jobId: undefined, wakes: [] };
    this.#asked.set(live, made);
    return made;
  }

  /** True when the event has to wait for an answer. A kill ends the wait: what was asked fails. */
  holds(one: QueuedEvent): boolean {
    const asked = this.#asked.get(one.live);
    if (asked === undefined || !asked.isWaiting) return false;
    asked.held.push(one);
    if (one.event.type === 'killRequested' && !asked.isKilled) this.#giveUp(asked);
    return true;
  }

  /** What a step on trial starts from; undefined for flows that can not ask. */
  before(live: Live): Before | undefined {
    const { index, header } = live.state;
    let asks = this.#asks.get(index);
    if (asks === undefined) {
      asks = mayAsk(index.flow.data);
      this.#asks.set(index, asks);
    }
    return asks ? { header, rows: live.state.ordered() } : undefined;
  }

  /** True when the step has asked: then nothing of it holds, and its event waits. Answers are good for one step only. */
  asks(one: QueuedEvent, before: Before | undefined): boolean {
    const asked = this.#asked.get(one.live);
    if (asked === undefined) return false;
    const { question } = asked;
    asked.question = undefined;
    if (question === undefined || before === undefined || one.live.gone) {
      this.#asked.delete(one.live);
      return false;
    }
    one.live.state = new ExecutionState(one.live.state.index, before.header, before.rows);
    one.live.journal.push({ type: 'rebuilt' });
    asked.held.unshift(one);
    asked.isWaiting = true;
    const settle = (answer: Answer): void => {
      if (!asked.isWaiting || asked.isKilled) return;
      asked.answers.set(questionKey(question), answer);
      this.#again(asked);
    };
    if (asked.answers.size >= questionsMax) settle({ error: `one step asks more than ${questionsMax} times` });
    else this.#ask(one.live, question, asked, settle);
    return true;
  }

  #again(asked: Asked): void {
    asked.jobId = undefined;
    this.#options.again(() => {
      asked.isWaiting = false;
      for (const wake of asked.wakes.splice(0)) wake();
      return asked.held.splice(0);
    });
  }

  #giveUp(asked: Asked): void {
    asked.isKilled = true;
    if (asked.jobId !== undefined) {
      this.#jobs.delete(asked.jobId);
      this.#options.kill(asked.jobId);
    }
    this.#again(asked);
  }

  #ask(live: Live, question: Question, asked: Asked, settle: (answer: Answer) => void): void {
    const { header } = live.state;
    if (question.type === 'subflow') {
      this.#options.subflow(header, question.call).then((value) => settle({ value }), (error: unknown) => settle({ error: error instanceof Error ? error.message : String(error) }));
      return;
    }
    this.#lastJob += 1;
    const jobId = `${header.id}/question/${this.#lastJob}`;
    asked.jobId = jobId;
    this.#jobs.set(jobId, settle);
    const events = this.#options.run({
      jobId, execution: header, taskRun: { id: taskRunId(`question-${this.#lastJob}`), position: 0, taskId: returnTask.id, histories: [] }, task: { ...returnTask, properties: { format: formats[question.type] } },
      variables: { question: question.call }, attempt: 1, secretValues: [], timeoutMs: questionTimeoutMs,
    });
    for (const event of events ?? []) this.hears(event);
  }

  /** True for what the worker says of a question. */
  hears(event: WorkerEvent): boolean {
    const settle = this.#jobs.get(event.jobId);
    if (settle === undefined) return event.jobId.includes('/question/');
    if (event.type !== 'ended') return true;
    this.#jobs.delete(event.jobId);
    const { outcome } = event;
    settle(outcome.type === 'failed' ? { error: outcome.message } : { value: parseJsonText(String(outcome.outputs?.['value'] ?? 'null')) });
    return true;
  }

  /** It is not in memory any more. */
  forget(live: Live): void {
    const asked = this.#asked.get(live);
    if (asked?.jobId !== undefined) {
      this.#jobs.delete(asked.jobId);
      this.#options.kill(asked.jobId);
    }
    for (const wake of asked?.wakes.splice(0) ?? []) wake();
    this.#asked.delete(live);
  }

  /** Resolves at once, or when an answer that is waited for has come: what is held behind a question is in no store, so nobody may be told that it is done. */
  answered(live: Live): Promise<void> | undefined {
    const asked = this.#asked.get(live);
    return asked === undefined || !asked.isWaiting ? undefined : new Promise((resolve) => { asked.wakes.push(resolve); });
  }
}

/** An ordinary Return in a task thread: the expression there may wait. */
const returnTask: TaskModel = {
  id: 'question', type: 'io.kestra.plugin.core.debug.Return', kind: 'runnable', pure: false, disabled: false, allowFailure: false, allowWarning: false, runIf: 'true', logToFile: false,
  properties: {},
  children: { type: 'none' }, errors: [], finally: [],
};
const formats = {
  http: '{{ http(uri=question.uri, method=question.method, headers=question.headers, body=question.body ?? null) | toJson }}',
  errorLogs: '{{ errorLogs() | toJson }}',
} as const;
