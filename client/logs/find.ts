/** The next line of a level, wherever in a log of any length it is. No DOM. */
import type { LogEntry, LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { LogPage, LogPlace } from './mount.ts';
import { positionOf } from './window.ts';

export interface FindOptions {
  readonly level: LogLevel;
  readonly direction: 1 | -1;
  /** The position to go on from; none for the log's beginning or end. */
  readonly at: number | undefined;
  /** Lines of the level and louder. */
  readonly load: (place: LogPlace, size: number) => Promise<LogPage>;
}

/**
 * With a minimum level alone there is no exact one: errors between two warnings are stepped over. The next line is mostly near, and a page
 * of rare lines reaches far through the log: small pages first.
 */
const pageSizes = [1, 4, 20, 100, 300] as const;
/** After so many pages the search gives up. */
const pagesMax = 50;

export async function findLine({ level, direction, at: start, load }: FindOptions): Promise<LogEntry | undefined> {
  let at = start ?? (direction === 1 ? -1 : Number.MAX_SAFE_INTEGER);
  const isNext = (entry: LogEntry): boolean => entry.level === level && (direction === 1 ? positionOf(entry) > at : positionOf(entry) < at);
  for (let page = 0; page < pagesMax; page += 1) {
    const size = pageSizes[Math.min(page, pageSizes.length - 1)] ?? 300;
    const { lines } = await load(direction === 1 ? { from: at + 1 } : at === Number.MAX_SAFE_INTEGER ? {} : { before: at }, size);
    const found = direction === 1 ? lines.find(isNext) : lines.findLast(isNext);
    if (found !== undefined) return found;
    if (lines.length < size) return undefined;
    at = positionOf(direction === 1 ? lines[lines.length - 1] : lines[0]);
  }
  return undefined;
}
