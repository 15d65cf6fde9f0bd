/** When triggers start executions in a stretch of time, and what they have started in it. */
import { calendarTimes } from '../../../core/engine/index.ts';
import { currentState } from '../../../core/protocol/entities/execution.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { CalendarRow, triggersCalendar } from '../../../core/protocol/operations/triggers.ts';
import { isoText } from '../../../core/protocol/time.ts';
import { loadTrigger, searchExecutions, type TriggerRow } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { parseDateMs } from '../rooms.ts';
import { filteredTriggers } from './filter.ts';

const rangeMsMax = 32 * 86_400_000;
const rowsMax = 500;
/** Of one trigger: more could not be told apart in a week. */
const datesMax = 400;
const runsMax = 1000;

export const calendar: Handler<typeof triggersCalendar> = async ({ rooms, input, caller }) => {
  const [fromMs, toMs] = [parseDateMs('from', input.from), parseDateMs('to', input.to)];
  if (fromMs >= toMs) throw illegalArgument('from is not before to');
  if (toMs - fromMs > rangeMsMax) throw illegalArgument('from and to are more than 32 days apart');
  const nowMs = rooms.ambient.clock.nowMs();
  const zone = rooms.ambient.clock.timeZone();
  const triggers = filteredTriggers(rooms, caller, input);
  const soonest = [...triggers].sort((a, b) => (a.nextExecutionDate ?? '~').localeCompare(b.nextExecutionDate ?? '~')).slice(0, rowsMax);
  const rows: CalendarRow[] = soonest.map((trigger) => {
    const row = loadTrigger(rooms.engine, caller.tenant, trigger.namespace, trigger.flowId, trigger.triggerId);
    const dates = row === undefined ? [] : datesOf(row, { fromMs: Math.max(fromMs, nowMs), toMs, zone });
    return { trigger, dates: dates.slice(0, datesMax).map((atMs) => isoText(atMs)), isCut: dates.length > datesMax };
  });
  const past = Math.min(nowMs, toMs);
  const keys = new Set(triggers.map((trigger) => `${trigger.namespace}/${trigger.flowId}/${trigger.triggerId}`));
  const started = past <= fromMs ? [] : (await searchExecutions(rooms.engine, caller.tenant, {
    startMs: fromMs, endMs: past, allowed: (namespace) => rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, namespace) === undefined,
    ...(input.namespace === undefined || input.namespace === '' ? {} : { namespace: input.namespace }), ...(input.flowId === undefined || input.flowId === '' ? {} : { flowId: input.flowId }),
  }, { page: 1, size: runsMax + 1 })).rows;
  const runs = started.flatMap((row) => (row.trigger === undefined || !keys.has(`${row.namespace}/${row.flowId}/${row.trigger.id}`) ? [] : [{
    namespace: row.namespace, flowId: row.flowId, triggerId: row.trigger.id, executionId: row.id, startDate: isoText(row.histories[0]?.atMs ?? 0), state: currentState(row.histories),
  }]));
  return { from: isoText(fromMs), to: isoText(toMs), rows, total: triggers.length, runs: runs.slice(0, runsMax), runsCut: started.length > runsMax };
};

/** Also of triggers that are switched off: people want to see what does not happen. */
function datesOf(row: TriggerRow, { fromMs, toMs, zone }: { readonly fromMs: number; readonly toMs: number; readonly zone: string }): readonly number[] {
  if (row.kind === 'POLLING') return row.nextAtMs !== undefined && row.nextAtMs >= fromMs && row.nextAtMs <= toMs ? [row.nextAtMs] : [];
  if (row.kind !== 'SCHEDULE') return [];
  const found: number[] = [];
  try {
    const times = calendarTimes(row, zone);
    for (let atMs = times?.next(fromMs - 1); atMs !== undefined && atMs <= toMs && found.length <= datesMax; atMs = times?.next(atMs)) found.push(atMs);
  } catch {
    // A cron that can not be read has no dates; its row says so in `problem`.
  }
  return found;
}
