/** What a structural kind of task is to the engine. Each kind is a file of this folder; a missing one does not compile (`index.ts`). */
import type { TaskRunRow } from '../../protocol/entities/execution.ts';
import type { LanguageLevel, TaskModel } from '../../language/model.ts';
import type { Plan } from '../plan.ts';

/** Rendering in the context of the flowable's own task run. */
export interface FlowableContext {
  readonly task: TaskModel;
  readonly taskRun: TaskRunRow;
  /** A few words changed their meaning. */
  readonly level: LanguageLevel;
  /** A text; null for null. */
  render(value: unknown): string | null;
  /** Keeps the type when the text is one expression. */
  renderTyped(value: unknown): unknown;
  renderDeep(value: unknown): unknown;
}

export interface Started {
  readonly plan: Plan;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Kept in the task run's row: what expressions have said must hold after a crash, too. */
  readonly decided?: NonNullable<TaskRunRow['decided']>;
}

export interface Flowable {
  /** Decides the children when the task run starts. What it throws fails the task run, with its message. */
  start(context: FlowableContext): Started;
  /** The same plan again from the row that was kept, when the task run is already under way. Reads nothing of the world. */
  resume(context: FlowableContext): Plan;
  /** Waits for people before its children run. */
  readonly pauses?: boolean;
  /** A failure of its children becomes a warning. */
  readonly forgives?: boolean;
  /** Its state can not be computed (a test of the conformance suite): it fails where it would end. */
  readonly neverEnds?: boolean;
}

/** A failure that belongs to the flow, with the sentence for its log. */
export class FlowableError extends Error {}
