/** What a step may read of the world: synchronous, given by the shell. Every reading is recorded there; of a secret only that it was read. */
import type { ExpressionCache, Limits, World } from '../expression/index.ts';

export interface Lookup {
  readonly world: World;
  readonly cache?: ExpressionCache;
  readonly limits?: Limits;
  /** `envs.*` and `globals` of expressions. */
  readonly envs: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, unknown>>;
  /** A new task run's id. */
  readonly newId: () => string;
  /** Properties of a flowable type that are rendered into its outputs when it starts. */
  readonly startOutputs?: (type: string) => readonly string[];
  /** Opens encrypted strings inside a value for expressions; the value itself when nothing is encrypted. */
  readonly decrypted: (value: unknown) => unknown;
}
