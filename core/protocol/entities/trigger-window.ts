/** What one gathering of a flow trigger has met in one stretch of time. Kept by the engine, not part of the API. */
export interface WindowState {
  readonly windowId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** By the name of the condition: the execution that has met it last. */
  readonly met: Readonly<Record<string, { readonly executionId: string; readonly atMs: number }>>;
  readonly firedAtMs?: number;
}
