/** Why the store refused. The message tells where and what to do; the caller answers 503 or ends, never goes on as if it were written. */
export type StoreFault = 'mapFull' | 'diskFull' | 'failed' | 'closed' | 'badKey';

export class StoreError extends Error {
  readonly fault: StoreFault;
  constructor(fault: StoreFault, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.fault = fault;
  }
}
