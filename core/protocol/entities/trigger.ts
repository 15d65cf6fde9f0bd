/** The state of a trigger, as the API shows it. The store's state is the truth, over the source. */
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
  readonly executionId?: string;
  readonly updatedDate?: string;
  readonly locked: boolean;
  readonly cron?: string;
  readonly timezone?: string;
  readonly description?: string;
}
