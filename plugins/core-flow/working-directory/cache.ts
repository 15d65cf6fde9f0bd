/** What the beginning and the end of a WorkingDirectory know of its cache. */
import type { TaskContext } from '../../sdk/index.ts';
import { isMap, TaskFailure } from '../../sdk/values.ts';

/** Inside the archive: when it was made, and what was in it. */
export const stampFile = '.ensemble-cache.json';

export interface Cache {
  readonly ttl: unknown;
  readonly patterns: readonly string[];
}

/** Undefined when the task has none. */
export function cacheOf(context: TaskContext): Cache | undefined {
  const given = context.properties['cache'];
  if (!isMap(given)) return undefined;
  const patterns = given['patterns'];
  if (!Array.isArray(patterns) || patterns.length === 0) throw new TaskFailure('"cache.patterns" must be a list of globs, such as "node_modules/**".');
  return { ttl: given['ttl'] ?? undefined, patterns: patterns.map((pattern) => context.render(pattern)) };
}
