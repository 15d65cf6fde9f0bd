/** One execution in the engine's memory, with what the next commit has to write of it. */
import type { ExecutionState, JournalEntry, Recorder } from '../../core/engine/index.ts';
import type { Execution, ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import type { LogRow, MetricRow } from '../store/index.ts';
import { createMask, type Mask } from '../worker/index.ts';

export interface Live {
  readonly key: string;
  readonly tenant: string;
  state: ExecutionState;
  /** The header as it was committed last; undefined before its first commit. */
  committed: ExecutionRow | undefined;
  headerChanged: boolean;
  readonly changed: Set<string>;
  /** Positions of task run rows that a restart has removed. */
  readonly removed: Set<number>;
  logs: LogRow[];
  metrics: MetricRow[];
  metricPosition: number | undefined;
  /** What has been decided since the last commit. */
  journal: JournalEntry[];
  journalPosition: number | undefined;
  /** How its steps read the world; made at the first step. */
  recorder: Recorder | undefined;
  /** Secrets that its expressions have read: they do not stand in what the engine writes to its log. */
  readonly mask: Mask;
  /** The job that the worker has of a task run. A job that was told to end and has not yet is not in its way: its result is dropped. */
  readonly jobs: Map<string, { readonly jobId: string; readonly attempt: number; told: boolean }>;
  /** Somebody waits for its end. */
  readonly waiters: ((execution: Execution) => void)[];
  /** Whether any value in it is encrypted: only then contexts are looked through. */
  encrypted: boolean;
  /** Deleted: whatever still comes for it is dropped. */
  gone: boolean;
}

/** It has not ended, or what runs after its end has not. */
export const isOpen = ({ state }: Live): boolean => !isTerminal(state.state) || state.header.afterExecution !== undefined;

export const liveKey = (tenant: string, id: string): string => `${tenant}/${id}`;

export function createLive(state: ExecutionState, committed: ExecutionRow | undefined): Live {
  return {
    key: liveKey(state.header.tenant, state.header.id), tenant: state.header.tenant, state, committed, headerChanged: committed === undefined,
    changed: new Set(), removed: new Set(), logs: [], metrics: [], metricPosition: undefined,
    journal: [], journalPosition: committed === undefined ? 0 : undefined, recorder: undefined, mask: createMask([]), jobs: new Map(), waiters: [], encrypted: false, gone: false,
  };
}
