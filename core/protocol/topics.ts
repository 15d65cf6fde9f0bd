/**
 * Topics of the watch protocol and their states. Collections are keyed maps plus an order list, never arrays that shift,
 * so that patches address rows by id. A state is what `watch` answers; patches (RFC 6902) keep it equal to a fresh read.
 */
import type { ExecutionHeader, TaskRun } from './entities/execution.ts';
import type { FlowRow, Revision } from './entities/flow.ts';
import type { LogEntry, MetricEntry } from './entities/log-entry.ts';
import type { PreferenceValue, SavedSearch } from './entities/preferences.ts';
import type { AuditEntry } from './entities/participant.ts';
import type { Trigger } from './entities/trigger.ts';
import type { StateType } from './states.ts';

export interface Keyed<Row> {
  readonly byId: Readonly<Record<string, Row>>;
  readonly order: readonly string[];
}

/** `execution/{id}` */
export interface ExecutionTopicState {
  /** Null when it does not exist (any more). */
  readonly execution: ExecutionHeader | null;
  readonly taskRuns: Readonly<Record<string, TaskRun>>;
  /** Ids of task runs, by position. */
  readonly order: readonly string[];
  readonly metrics: readonly MetricEntry[];
}

/** `execution/{id}/logs`: the last lines only (`tail`, at most 2,000); older pages come from `logs.list`. Patches append with `add /lines/-`. */
export interface LogsTopicState {
  readonly total: number;
  /** Position of the first line of `lines`. */
  readonly first: number;
  readonly lines: readonly LogEntry[];
  readonly counts: Readonly<Record<'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', number>>;
}

/** One evaluation in the console of an execution. */
export interface ConsoleEntry {
  readonly id: string;
  readonly at: string;
  readonly by: { readonly id: string; readonly name: string; readonly kind: string; readonly color: number };
  readonly expression: string;
  /** In whose context; the execution's own when left out. */
  readonly taskRunId?: string;
  readonly outcome: { readonly type: 'result' | 'error'; readonly text: string; /** Only the beginning of it is here. */ readonly cut: boolean };
}

/** `execution/{id}/console`: the last evaluations, oldest first, while somebody looks at the execution. Ephemeral. */
export type ConsoleTopicState = Keyed<ConsoleEntry>;

/** `executions?{filter}`: one page; `total` counts all that match; `newer` counts rows that arrived above the page since it was read. */
export interface ExecutionsTopicState extends Keyed<ExecutionHeader> {
  readonly total: number;
  readonly newer: number;
}

/** `flows?{filter}` */
export interface FlowsTopicState extends Keyed<FlowRow> {
  readonly total: number;
}

/** `flow/{ns}/{id}` */
export interface FlowTopicState {
  readonly flow: FlowRow | null;
  readonly revision: number;
  readonly latest: Omit<Revision, 'source' | 'ranges'> | null;
}

/** `triggers?{filter}` */
export interface TriggersTopicState extends Keyed<Trigger> {
  readonly total: number;
}

/** `stats`: Home's figures, kept up to date on commit. Days are local dates of the server's time zone, `yyyy-MM-dd`. */
export interface StatsTopicState {
  readonly flows: number;
  readonly triggers: number;
  readonly namespaces: number;
  readonly executionsByState: Readonly<Record<string, number>>;
  readonly daily: Readonly<Record<string, Readonly<Partial<Record<StateType, number>>>>>;
  readonly running: Keyed<ExecutionHeader>;
  readonly failed: Keyed<ExecutionHeader>;
  readonly scheduled: Keyed<Trigger>;
}

/** `audit` */
export type AuditTopicState = Keyed<AuditEntry>;

/** Somebody who has a page or a document open. */
export interface PresentParticipant {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly color: number;
  /** `flow/NAMESPACE/ID` or `execution/ID`, as their topics are named; of other pages the section of the workspace (`flows`). */
  readonly page: string;
}

/** `presence`: who is where in the whole workspace, by participant; of several pages the one that was opened last. Ephemeral. */
export interface PresenceTopicState {
  readonly byId: Readonly<Record<string, PresentParticipant>>;
}

/** `preferences`: what the watcher has chosen for themselves, and the saved searches that they may use, by name. */
export interface PreferencesTopicState {
  readonly values: Readonly<Record<string, PreferenceValue>>;
  readonly searches: Keyed<SavedSearch>;
}

export interface TopicStates {
  readonly execution: ExecutionTopicState;
  readonly logs: LogsTopicState;
  readonly console: ConsoleTopicState;
  readonly executions: ExecutionsTopicState;
  readonly flows: FlowsTopicState;
  readonly flow: FlowTopicState;
  readonly triggers: TriggersTopicState;
  readonly stats: StatsTopicState;
  readonly audit: AuditTopicState;
  readonly presence: PresenceTopicState;
  readonly preferences: PreferencesTopicState;
}

/** Filters are the query text of the page's address: `namespace=a&state=FAILED,WARNING&page=1&size=25`. */
export const topicOf = {
  execution: (id: string): string => `execution/${id}`,
  logs: (id: string): string => `execution/${id}/logs`,
  console: (id: string): string => `execution/${id}/console`,
  executions: (filter: string): string => `executions?${filter}`,
  flows: (filter: string): string => `flows?${filter}`,
  flow: (namespace: string, id: string): string => `flow/${namespace}/${id}`,
  triggers: (filter: string): string => `triggers?${filter}`,
  stats: (): string => 'stats',
  audit: (): string => 'audit',
  presence: (): string => 'presence',
  preferences: (): string => 'preferences',
} as const;

/** The place of a watcher in a topic; hand it back as `since` after a broken connection. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** The notification of a topic: covers (from, seq]. */
export interface PatchNotification extends Cursor {
  readonly topic: string;
  readonly from: number;
  /** When the server committed it, epoch ms; of what is never committed (`presence`), when it was told. */
  readonly at: number;
  readonly patch: readonly PatchOperation[];
}

/** The answer of `watch`: a state, or what was missed. */
export type WatchAnswer = Cursor & { readonly topic: string } & (
  | { readonly type: 'state'; readonly state: unknown }
  | { readonly type: 'patches'; readonly patches: readonly PatchNotification[] }
);
