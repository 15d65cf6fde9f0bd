/** Failures that the caller can do something about. They carry a status, the place and the remedy; never a secret, never a stack. */
export interface FieldProblem {
  readonly message: string;
  readonly path?: string;
}

export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503;
  readonly message: string;
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterMs?: number;
  /** Further members of the error's JSON, such as the `invalids` of a bulk call. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown by operations; the edge turns it into the error body of REST or RPC. */
export class ProtocolError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem, options?: { readonly cause?: unknown }) {
    super(problem.message, options);
    this.name = 'ProtocolError';
    this.problem = problem;
  }
}

export const notFound = (what: string): ProtocolError => new ProtocolError({ status: 404, message: `Not Found: ${what}` });
export const illegalArgument = (why: string): ProtocolError => new ProtocolError({ status: 422, message: `Illegal argument: ${why}` });
export const illegalState = (why: string): ProtocolError => new ProtocolError({ status: 409, message: `Illegal state: ${why}` });
export const invalidEntity = (errors: readonly FieldProblem[]): ProtocolError => new ProtocolError({
  status: 422,
  message: `Invalid entity: ${errors.map((error) => (error.path === undefined || error.path === '' ? error.message : `${error.path}: ${error.message}`)).join('\n')}`,
  errors,
});
export const forbidden = (why: string): ProtocolError => new ProtocolError({ status: 403, message: why });
