/** The state of a trigger, as the API shows it. The store's state is the truth, over the source. */
import type { Label } from './execution.ts';

export interface Backfill {
  readonly start: string;
  readonly end: string;
  /** The date that comes next; walks from start to end. */
  readonly currentDate: string;
  readonly paused: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly Label[];
  /** Where the schedule goes on afterwards. */
  readonly previousNextExecutionDate?: string;
}

export interface Trigger {
  readonly tenantId?: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly triggerId: string;
  readonly type: string;
  readonly kind: 'SCHEDULE' | 'POLLING' | 'REALTIME' | 'WEBHOOK' | 'FLOW';
  readonly date?: string;
  readonly nextExecutionDate?: string;
  readonly disabled: boolean;
  /** Disabled in the source, which the switch of the page cannot turn on. */
  readonly sourceDisabled: boolean;
  /** Who switched it off or on last, when and why. */
  readonly switched?: { readonly by: string; readonly date: string; readonly reason?: string };
  readonly executionId?: string;
  readonly updatedDate?: string;
  /** A worker looks for something since then. */
  readonly evaluateRunningDate?: string;
  readonly workerId?: string;
  /** It waits for its execution or its evaluation to end. */
  readonly locked: boolean;
  readonly backfill?: Backfill;
  readonly stopAfter?: readonly string[];
  /** The flow's latest revision can not be read any more, so nothing starts. */
  readonly sourceMissing?: boolean;
  /** What went wrong at its last evaluation. */
  readonly problem?: string;
  readonly cron?: string;
  readonly timezone?: string;
  readonly description?: string;
  /** The same under the names of later clients. */
  readonly updatedAt?: string;
  readonly evaluatedAt?: string;
  readonly nextEvaluationDate?: string;
  readonly lastTriggeredDate?: string;
}
