import type { FieldProblem, Problem } from '../../core/protocol/errors.ts';

/** Why a call was not answered with a result: refused by the server (with its status and places), or not sent at all. */
export class CallError extends Error {
  /** The HTTP status of the same failure; 0 when the server was not reached. */
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  constructor(message: string, options: { readonly status: number; readonly errors?: readonly FieldProblem[]; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'CallError';
    this.status = options.status;
    this.errors = options.errors ?? [];
  }
}

export const notReached = (what: string): CallError =>
  new CallError(`Not sent: ${what}. There is no connection to the server; try again when the badge says Live.`, { status: 0 });

/** Reads the error member of a JSON-RPC answer. */
export function callErrorOf(error: unknown): CallError {
  const value = typeof error === 'object' && error !== null ? error as { readonly message?: unknown; readonly data?: unknown } : {};
  const data = typeof value.data === 'object' && value.data !== null ? value.data as { readonly problem?: Partial<Problem> } : {};
  const problem: Partial<Problem> = data.problem ?? {};
  const message = typeof problem.message === 'string' ? problem.message : typeof value.message === 'string' ? value.message : 'The server refused the call without a reason';
  return new CallError(message, { status: typeof problem.status === 'number' ? problem.status : 500, errors: Array.isArray(problem.errors) ? problem.errors : [] });
}
