// An expression that needs more than this renderer has: it is rendered elsewhere, as a whole, and its result comes back.

/** Thrown by a world that can not answer now; no expression can catch it, and it leaves `render` as it is. */
export class Deferred extends Error {
  override readonly name = 'Deferred';

  constructor(what: string) {
    super(`\`${what}\` is not answered here: the expression is evaluated by a task thread`);
  }
}
