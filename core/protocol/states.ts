/** The states of executions and task runs (engine-semantics section 2). One list serves both, as in the API. */
export const stateTypes = [
  'CREATED', 'QUEUED', 'RUNNING', 'PAUSED', 'BREAKPOINT', 'RESTARTED', 'RETRYING', 'RETRIED',
  'KILLING', 'KILLED', 'SUCCESS', 'WARNING', 'FAILED', 'CANCELLED', 'SKIPPED',
] as const;
export type StateType = (typeof stateTypes)[number];

const terminal: ReadonlySet<StateType> = new Set(['FAILED', 'WARNING', 'SUCCESS', 'KILLED', 'CANCELLED', 'RETRIED', 'SKIPPED']);
export const isTerminal = (state: StateType): boolean => terminal.has(state);
export const isCreated = (state: StateType): boolean => state === 'CREATED' || state === 'RESTARTED';
export const isRunning = (state: StateType): boolean => state === 'RUNNING' || state === 'KILLING';
export const isStateType = (text: string): text is StateType => (stateTypes as readonly string[]).includes(text);

/** One entry of a state's history; the last one is the current state. */
export interface StateChange {
  readonly state: StateType;
  readonly atMs: number;
}
