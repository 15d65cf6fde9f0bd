/** One execution in the engine's memory, with what the next commit has to write of it. */
import type { ExecutionState } from '../../core/engine/index.ts';
import type { Execution, ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { LogRow, MetricRow } from '../store/index.ts';

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
  /** Jobs that the worker has, by task run. */
  readonly jobs: Map<string, string>;
  /** Somebody waits for its end. */
  readonly waiters: ((execution: Execution) => void)[];
  /** Whether any value in it is encrypted: only then contexts are looked through. */
  encrypted: boolean;
}

export const liveKey = (tenant: string, id: string): string => `${tenant}/${id}`;

export function createLive(state: ExecutionState, committed: ExecutionRow | undefined): Live {
  return {
    key: liveKey(state.header.tenant, state.header.id), tenant: state.header.tenant, state, committed, headerChanged: committed === undefined,
    changed: new Set(), removed: new Set(), logs: [], metrics: [], metricPosition: undefined, jobs: new Map(), waiters: [], encrypted: false,
  };
}
