/**
 * Taking things of ended executions away: rows, logs, metrics, files, by choice. Disk space comes back after the commit that makes them
 * disappear, never before: a crash in between leaves files that nobody sees, not rows that name missing files.
 */
import { unlink } from 'node:fs/promises';
import type { LogEntry } from '../../core/protocol/entities/log-entry.ts';
import { currentState, type ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import {
  deleteExecution, loadLogHead, loadLogLines, logRemovals, metricRemovals, rewriteLog, type Counters, type Environment, type FileStorage, type LogOwner, type LogRow, type LogWriter,
} from '../store/index.ts';
import { executionUriPrefix } from '../worker/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { EngineLoop } from './engine-loop.ts';

export interface RemovalRooms {
  readonly engine: Environment;
  readonly loop: EngineLoop;
  readonly logs: LogWriter;
  readonly counters: Counters;
  readonly files: FileStorage;
  /** The data folder's `logs`. */
  readonly logsFolder: string;
  readonly ambient: Pick<Ambient, 'logger' | 'timers' | 'clock'>;
}

export interface RemovalChoice {
  readonly execution: boolean;
  readonly logs: boolean;
  readonly metrics: boolean;
  readonly files: boolean;
}

export interface LogPurge {
  /** Empty: every level. */
  readonly levels: readonly string[];
  readonly startMs?: number;
  readonly endMs: number;
  /** Only of these lines. */
  readonly where?: (row: LogRow) => boolean;
}

export interface Removal {
  /** False for one that has not ended, or was brought back to life. The rest of the turn is the caller's: wait for `loop.flushed()` now and then. */
  remove(row: ExecutionRow, choice: RemovalChoice): { readonly logLines: number; readonly metrics: number } | undefined;
  /** The files of executions that were removed; answers when they are gone from the disk. */
  removeFiles(row: Pick<ExecutionRow, 'namespace' | 'flowId' | 'id'>): Promise<boolean>;
  /** Lines of an ended execution; answers how many went. */
  purgeLog(owner: LogOwner, purge: LogPurge): Promise<number>;
}

export const isEnded = (row: ExecutionRow): boolean => isTerminal(currentState(row.histories));

export function createRemoval(rooms: RemovalRooms): Removal {
  const { engine, loop, logs, counters, files, ambient } = rooms;
  const source = { reader: engine, folder: rooms.logsFolder };
  const afterCommit = (call: () => void): void => void loop.flushed().then(call).catch((error: unknown) => ambient.logger.warn('something that was deleted stays on the disk', { error }));

  return {
    remove(row, choice) {
      if (!isEnded(row) || loop.isLive(row.tenant, row.id)) return undefined;
      const logLines = choice.logs ? loadLogHead(source, row).total : 0;
      const metricWrites = choice.metrics ? metricRemovals(engine, row) : [];
      if (choice.execution) {
        loop.write(deleteExecution(engine, row, { logs: choice.logs, metrics: choice.metrics }));
        counters.moved(row, undefined);
      } else loop.write([...metricWrites, ...(choice.logs ? logRemovals(engine, row) : [])]);
      if (choice.logs) afterCommit(() => logs.removeFile(row));
      return { logLines, metrics: metricWrites.length };
    },
    async removeFiles(row) {
      const folder = executionUriPrefix(row.namespace, row.flowId, row.id);
      if (files.entry(folder) === undefined) return false;
      await files.removeAll(folder);
      return true;
    },
    async purgeLog(owner, purge) {
      const head = loadLogHead(source, owner);
      if (head.total === 0) return 0;
      const atMs = (entry: LogEntry | undefined): number => Date.parse(entry?.timestamp ?? '') || 0;
      const [first] = loadLogLines(source, owner, 0, 1);
      const [last] = loadLogLines(source, owner, head.total - 1, 1);
      if (atMs(first) > purge.endMs) return 0;
      if (purge.levels.length === 0 && purge.where === undefined && (purge.startMs === undefined || atMs(first) >= purge.startMs) && atMs(last) <= purge.endMs) {
        loop.write(logRemovals(engine, owner));
        await loop.flushed();
        logs.removeFile(owner);
        return head.total;
      }
      const goes = (row: LogRow): boolean => (purge.levels.length === 0 || purge.levels.includes(row.level)) && (purge.startMs === undefined || row.atMs >= purge.startMs) && row.atMs <= purge.endMs && purge.where?.(row) !== false;
      logs.settle(owner);
      const work = rewriteLog(source, owner, (row) => !goes(row));
      let step = work.next();
      while (step.done !== true) {
        await new Promise<void>((resolve) => { ambient.timers.soon(resolve); });
        step = work.next();
      }
      const { writes, removed, oldFile } = step.value;
      if (writes.length > 0) {
        loop.write(writes);
        await loop.flushed();
        // A head that was remembered meanwhile would be the old one.
        logs.settle(owner);
      }
      if (oldFile !== undefined) await unlink(oldFile).catch((error: unknown) => ambient.logger.warn('an old file of a log stays on the disk', { error, oldFile }));
      return removed;
    },
  };
}
