/** What the tabs of the execution page have in common in the browser: each is a face of the same run. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../../core/protocol/topics.ts';
import type { PageRun } from '../behaviour.ts';
import type { Actions, Submits } from '../../components/actions/actions.ts';
import type { GanttWindow } from '../../gantt/index.ts';
import type { ExecutionData } from './load.ts';
import type { Moment } from './moment.ts';
import type { Colleague } from './people.ts';

export type Run = PageRun<ExecutionData>;

export interface Mine {
  readonly line?: number;
  readonly path?: readonly string[];
  readonly cursorMs?: number;
  readonly window?: GanttWindow;
}

export interface FaceContext {
  readonly executionId: string;
  readonly address: { readonly namespace: string; readonly flowId: string; readonly id: string };
  /** The run as it is shown: now, or at the moment that is looked at. */
  state(): ExecutionTopicState;
  /** The run as it is now, which commands act on. */
  present(): ExecutionTopicState;
  /** The moment that is looked at, alone or with others; undefined is the present. `changed` is called when it is another one. */
  atMs(): number | undefined;
  readonly moment: Moment;
  /** The tail of the log as it is now: a face that shows lines leaves out what came after `atMs`. */
  logs(): LogsTopicState;
  /** Lines of the first failure that the page was loaded with. */
  readonly failure: readonly LogEntry[];
  selected(): string | undefined;
  select(taskRunId: string | undefined): void;
  /** What of this face colleagues shall see: a line, a path, the pointer and the part of the time in the Gantt. */
  showMine(what: Mine): void;
  colleagues(): readonly Colleague[];
  /** I delete the run myself: that it is gone is no news, I go elsewhere. */
  expectGone(expected: boolean): void;
  /** The address of the page says what is chosen, so that it can be shared; no entry in the history for each click. */
  writeAddress(change: (query: URLSearchParams) => void): void;
}

export interface Face {
  /** What is shown of the run has changed: it went on, or another moment is shown. */
  changed(): void;
  /** Lines have arrived. */
  logged(): void;
  /** Colleagues have moved. */
  moved(): void;
  /** The chosen task run is another one. */
  selected(): void;
  readonly actions?: Actions;
  readonly submits?: Submits;
  release(): void;
}

const nothing = (): void => undefined;
/** A face that only does what it says. */
export const faceOf = (parts: Partial<Face>): Face => ({ changed: nothing, logged: nothing, moved: nothing, selected: nothing, release: nothing, ...parts });
