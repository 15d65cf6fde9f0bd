/** Log lines over time by level. A log that lies within one slot is counted by its head; a longer one is read, within a bound. */
import { isLogLevel, logLevels, passesLevel, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import type { logsChart } from '../../../core/protocol/operations/charts.ts';
import { dayFormatter, loadLogHead, scanLogBackwards, searchExecutions } from '../../store/index.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { executionFilter } from '../executions/filter.ts';
import type { Handler } from '../handler.ts';
import { logFilterOf } from '../runs/log-filter.ts';
import { logSource } from '../runs/logs.ts';
import { shownSlots, slotAt, slotsOf } from './slots.ts';

const rangeDefaultMs = 7 * 86_400_000;
const executionsMax = 20_000;
const linesMax = 200_000;
const stepsPerTurn = 1000;

export const logs: Handler<typeof logsChart> = async ({ rooms, input, caller }) => {
  const nowMs = rooms.ambient.clock.nowMs();
  const { q, minLevel, triggerId, ...place } = input;
  const { startMs: givenStartMs, endMs: givenEndMs, ...where } = executionFilter(rooms, caller, place);
  const startMs = givenStartMs ?? (givenEndMs ?? nowMs) - rangeDefaultMs;
  const endMs = Math.max(startMs, givenEndMs ?? nowMs);
  const slots = slotsOf(startMs, endMs, dayFormatter(rooms.ambient.clock.timeZone()));
  const counts: Partial<Record<LogLevel, number>>[] = slots.bounds.slice(1).map(() => ({}));
  const add = (index: number | undefined, level: LogLevel, by: number): void => {
    const slot = counts[index ?? -1];
    if (slot !== undefined && by > 0) slot[level] = (slot[level] ?? 0) + by;
  };
  const source = logSource(rooms);
  const filter = { ...logFilterOf({ q, minLevel }, nowMs).filter, ...(triggerId === undefined || triggerId === '' ? {} : { triggerId }) };
  const lowest = filter.minLevel ?? 'TRACE';
  if (!isLogLevel(lowest)) throw illegalArgument(`"${lowest}" is no log level`);
  const text = filter.text?.toLowerCase() ?? '';
  const byHead = text === '' && filter.triggerId === undefined;
  // What began before the range may write inside it.
  const found = await searchExecutions(rooms.engine, caller.tenant, { ...where, endMs }, { page: 1, size: executionsMax });
  let complete = found.complete && found.rows.length >= found.total;
  let steps = 0;
  let read = 0;
  for (const row of found.rows) {
    steps += 1;
    if (steps % stepsPerTurn === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    const beganMs = row.histories[0]?.atMs ?? 0;
    const lastMs = row.histories[row.histories.length - 1]?.atMs ?? beganMs;
    if (lastMs < startMs - 60_000) continue;
    const head = loadLogHead(source, row);
    if (head.total === 0) continue;
    const slot = slotAt(slots, beganMs);
    if (byHead && slot !== undefined && slot === slotAt(slots, lastMs) && beganMs >= startMs && lastMs <= endMs) {
      for (const level of logLevels) if (passesLevel(level, lowest)) add(slot, level, head.counts[level]);
      continue;
    }
    // What does not match is skipped here and not in the scan, so that the loop has its turns in a long stretch without a match.
    for (const entry of scanLogBackwards(source, row, filter.minLevel === undefined ? {} : { minLevel: filter.minLevel })) {
      read += 1;
      steps += 1;
      if (steps % stepsPerTurn === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
      if (read > linesMax) break;
      const atMs = Date.parse(entry.timestamp);
      if (atMs < startMs || atMs > endMs || (filter.triggerId !== undefined && entry.triggerId !== filter.triggerId)) continue;
      if (text === '' || entry.message.toLowerCase().includes(text)) add(slotAt(slots, atMs), entry.level, 1);
    }
    if (read > linesMax) {
      complete = false;
      break;
    }
  }
  return { slot: slots.unit, complete, slots: shownSlots(slots, (index) => ({ counts: counts[index] ?? {} })) };
};
