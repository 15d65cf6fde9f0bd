/**
 * Retention by namespace: what has ended longer ago than its namespace keeps is taken away, and its disk space with it. A round goes over
 * the executions from the oldest on, some milliseconds a turn, and stops at the first that is too young for every rule.
 */
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { Ambient } from '../ambient/index.ts';
import { enginePrefixes, engineKeys, expiredKvRemovals, isInNamespace, keptLogRemoval, listKeptLogs, loadLogHead, logRemovals, metricRemovals, type Environment, type LogWriter } from '../store/index.ts';
import type { EngineLoop } from './engine-loop.ts';
import { isEnded, type Removal } from './removal.ts';

export interface RetentionRule {
  /** This namespace and all below it; empty: every namespace. The rule with the longest matching one counts. */
  readonly namespace: string;
  /** Ended longer ago: deleted with everything. */
  readonly executionsMs?: number;
  readonly logsMs?: number;
  readonly filesMs?: number;
}

export interface RetentionOptions {
  readonly rules: readonly RetentionRule[];
  readonly engine: Environment;
  readonly loop: EngineLoop;
  readonly logs: LogWriter;
  readonly removal: Removal;
  readonly ambient: Pick<Ambient, 'clock' | 'timers' | 'logger'>;
  /** Default: an hour; the first round a minute after the start. */
  readonly everyMs?: number;
  readonly firstMs?: number;
}

const tenant = 'main';
const everyMsDefault = 3_600_000;
const firstMsDefault = 60_000;
/** Rows of one turn; what they take away is one commit. */
const turnRows = 200;
const turnRemovals = 25;
/** Between two turns: the loop belongs to the executions. */
const pauseMs = 20;
/** An expired KV pair answers "expired" for so long, then it is unknown. */
const expiredKvKeptMs = 86_400_000;
const kvRemovalsMax = 1000;

export interface Retention {
  /** One round at once; answers how many executions were taken away or made smaller. */
  round(): Promise<number>;
  close(): void;
}

export function startRetention(options: RetentionOptions): Retention {
  const { rules, engine, loop, removal, ambient } = options;
  let cancel = (): void => {};
  let closed = false;
  const pause = (): Promise<void> => new Promise((resolve) => { ambient.timers.after(pauseMs, resolve); });
  const shortestMs = Math.min(...rules.flatMap((rule) => [rule.executionsMs, rule.logsMs, rule.filesMs]).filter((ms) => ms !== undefined));
  const ruleOf = (namespace: string): RetentionRule | undefined => rules
    .filter((rule) => rule.namespace === '' || isInNamespace(namespace, rule.namespace))
    .reduce<RetentionRule | undefined>((best, rule) => (best === undefined || rule.namespace.length > best.namespace.length ? rule : best), undefined);
  const isOver = (endedAtMs: number, keptMs: number | undefined): boolean => keptMs !== undefined && endedAtMs + keptMs <= ambient.clock.nowMs();

  /** Answers what is to be done with its files after the commit; undefined when nothing was taken away. */
  function look(row: ExecutionRow): 'files' | 'nothing' | undefined {
    const rule = isEnded(row) ? ruleOf(row.namespace) : undefined;
    if (rule === undefined) return undefined;
    const endedAtMs = row.histories[row.histories.length - 1]?.atMs ?? 0;
    if (isOver(endedAtMs, rule.executionsMs)) return removal.remove(row, { execution: true, logs: true, metrics: true, files: true }) === undefined ? undefined : 'files';
    const takesLogs = isOver(endedAtMs, rule.logsMs) && loadLogHead({ reader: engine }, row).total > 0;
    const removed = takesLogs ? removal.remove(row, { execution: false, logs: true, metrics: false, files: false }) !== undefined : false;
    // The row stays, and is looked at again in each round: whether there are files costs one look at the disk.
    if (isOver(endedAtMs, rule.filesMs)) return 'files';
    return removed ? 'nothing' : undefined;
  }

  async function executions(): Promise<number> {
    let count = 0;
    let after: number | undefined;
    for (;;) {
      const files: ExecutionRow[] = [];
      let rows = 0;
      let removals = 0;
      let isDone = true;
      for (const { value: row } of engine.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), ...(after === undefined ? {} : { after: engineKeys.execution(tenant, after) }) })) {
        if ((row.histories[0]?.atMs ?? 0) + shortestMs > ambient.clock.nowMs()) break;
        after = row.number;
        rows += 1;
        const seen = look(row);
        if (seen !== undefined) removals += 1;
        if (seen === 'files') files.push(row);
        if (seen === 'nothing') count += 1;
        if (rows >= turnRows || removals >= turnRemovals) {
          isDone = false;
          break;
        }
      }
      if (removals > 0) await loop.flushed();
      for (const row of files) if (await removal.removeFiles(row) || engine.get(engineKeys.execution(tenant, row.number)) === undefined) count += 1;
      if (isDone || closed) return count;
      await pause();
      if (closed) return count;
    }
  }

  async function round(): Promise<number> {
    const removals = expiredKvRemovals(engine, tenant, ambient.clock.nowMs() - expiredKvKeptMs, kvRemovalsMax);
    if (removals.length > 0) {
      loop.write(removals);
      await loop.flushed();
    }
    if (rules.length === 0) return 0;
    const count = await executions();
    for (const kept of [...listKeptLogs(engine, tenant)]) {
      const rule = ruleOf(kept.namespace);
      if (!isOver(kept.endedAtMs, rule?.logsMs) && !isOver(kept.endedAtMs, rule?.executionsMs)) continue;
      loop.write([...logRemovals(engine, kept), ...metricRemovals(engine, kept), keptLogRemoval(kept)]);
      await loop.flushed();
      options.logs.removeFile(kept);
    }
    if (count > 0) ambient.logger.info(`retention took away what ${count} executions had kept too long`);
    return count;
  }

  const arm = (ms: number): void => {
    cancel = ambient.timers.after(ms, () => {
      round().catch((error: unknown) => ambient.logger.error('a round of retention failed', { error })).finally(() => { if (!closed) arm(options.everyMs ?? everyMsDefault); });
    });
  };
  arm(options.firstMs ?? firstMsDefault);
  return { round, close: () => { closed = true; cancel(); } };
}
