/**
 * Triggers that the clock starts: Schedule and ScheduleOnDates. A date that is due starts its execution in the same commit that moves
 * the next date, so a crash neither loses nor doubles one. A backfill walks through dates of the past, then the schedule goes on.
 */
import { dateVariables, isCalendar, onCalendar, satisfying, timesOf, type ScheduleTimes } from '../../core/engine/index.ts';
import type { TriggerModel } from '../../core/language/index.ts';
import { parseDurationMs } from '../../core/protocol/time.ts';
import type { TriggerRow } from '../store/index.ts';
import { begin, beginFailed, conditionsOf, failsOnError, findTrigger, isTrue, mayStart, messageOf, renderingOf, withNext, withProblem, type Begun, type FoundTrigger, type Room } from './room.ts';

/** Dates that are looked through for the next one that holds, where expressions have to be rendered. */
const renderedDatesMax = 100;

/** Reading a cron costs more than a date of it; a model lives as long as its revision is remembered. */
const timesByModel = new WeakMap<TriggerModel, ScheduleTimes>();

function plainTimes(model: TriggerModel, zone: string): ScheduleTimes | undefined {
  const known = timesByModel.get(model);
  if (known !== undefined) return known;
  const times = timesOf(model, zone);
  if (times !== undefined) timesByModel.set(model, times);
  return times;
}

/** The dates of a trigger; those that conditions on the calendar leave out are skipped. Throws at a cron that can not be read. */
export function datesOf(room: Pick<Room, 'ambient'>, { model }: FoundTrigger): { readonly all: ScheduleTimes; readonly wanted: ScheduleTimes } | undefined {
  const all = plainTimes(model, room.ambient.clock.timeZone());
  if (all === undefined) return undefined;
  const conditions = conditionsOf(model);
  if (conditions.length === 0 || !conditions.every(isCalendar) || typeof model.properties['when'] === 'string') return { all, wanted: all };
  const filtered = onCalendar(all, conditions);
  // Beyond the search the plain date is taken: it is judged again when it is due.
  return { all, wanted: { ...filtered, next: (afterMs) => filtered.next(afterMs) ?? all.next(afterMs) } };
}

/** The next date after a moment; undefined when there is none, or its cron can not be read. */
export function nextDateMs(room: Room, found: FoundTrigger, afterMs: number): number | undefined {
  try {
    return datesOf(room, found)?.wanted.next(afterMs);
  } catch (error) {
    room.ambient.logger.warn('a schedule has no next date', { trigger: found.model.id, reason: messageOf(error) });
    return undefined;
  }
}

/** A due date: its execution and its next date, in one commit. */
export function fireClock(room: Room, row: TriggerRow): void {
  const { table } = room;
  const dateMs = row.nextAtMs;
  const found = findTrigger(room, row);
  if (dateMs === undefined) return;
  if (found === undefined) { table.put({ ...row, sourceMissing: true }); return; }
  let dates: ReturnType<typeof datesOf>;
  try {
    dates = datesOf(room, found);
  } catch (error) {
    table.log(row, 'ERROR', `It has no dates: ${messageOf(error)}`);
    table.put(withNext(withProblem(row, messageOf(error)), undefined));
    return;
  }
  if (dates === undefined) { table.put(withNext(row, undefined)); return; }
  const nowMs = room.ambient.clock.nowMs();
  const { model } = found;
  const nextMs = dates.wanted.next(dateMs);
  const moved = withProblem({ ...advanced(room, row, nextMs, dates), evaluatedAtMs: nowMs, updatedAtMs: nowMs }, undefined);
  const inBackfill = row.backfill !== undefined && !row.backfill.paused;
  if (!inBackfill && isTooLate(model, dateMs, nowMs)) {
    table.log(row, 'WARN', `The date ${dates.all.text(dateMs)} is left out: it is later than lateMaximumDelay allows`);
    table.put(moved);
    return;
  }
  const plain = dateVariables(dateMs, { next: nextMs, previous: dates.wanted.previous(dateMs) }, dates.all.zone);
  const rendering = renderingOf(room, found, { trigger: plain, schedule: plain });
  const backfilled = inBackfill && row.backfill !== undefined ? { ...(row.backfill.inputs === undefined ? {} : { inputs: row.backfill.inputs }), ...(row.backfill.labels === undefined ? {} : { labels: row.backfill.labels }) } : {};
  let started: Begun;
  try {
    if (!mayStart(found, rendering, { date: { atMs: dateMs, zone: dates.all.zone } })) { table.put({ ...moved, dateMs }); return; }
  } catch (error) {
    const reason = rendering.mask.apply(messageOf(error));
    if (!failsOnError(room, model)) {
      table.log(row, 'ERROR', `The date ${dates.all.text(dateMs)} starts nothing: ${reason}`);
      table.put({ ...withProblem(moved, reason), dateMs });
      return;
    }
    started = beginFailed(room, found, { variables: plain, rendering, own: { schedule: plain }, ...backfilled }, reason);
    table.put(held({ ...withProblem(moved, reason), dateMs }, model, started));
    return;
  }
  const variables = neighboursOf(room, found, dates.all, plain, dateMs);
  try {
    started = begin(room, found, { variables, rendering, own: { schedule: variables }, ...backfilled });
  } catch (error) {
    // A schedule that can not start its flow must be seen where people look: among the executions.
    started = beginFailed(room, found, { variables, rendering, own: { schedule: variables }, ...backfilled }, messageOf(error));
  }
  table.put(held({ ...moved, dateMs }, model, started));
}

const held = (row: TriggerRow, model: TriggerModel, started: Begun): TriggerRow => (isTrue(model.properties['allowConcurrent']) ? row : { ...row, executionId: started.created.id });

/** With conditions that are expressions, `next` and `previous` are the nearest dates that they would let through as things stand now. */
function neighboursOf(room: Room, found: FoundTrigger, all: ScheduleTimes, plain: Readonly<Record<string, string>>, dateMs: number): Readonly<Record<string, string>> {
  const { model } = found;
  const conditions = conditionsOf(model);
  const isPlain = typeof model.properties['when'] !== 'string' && conditions.every(isCalendar);
  if (isPlain) return plain;
  const holds = (atMs: number): boolean => {
    try {
      return mayStart(found, renderingOf(room, found, { trigger: { date: all.text(atMs) }, schedule: { date: all.text(atMs) } }), { date: { atMs, zone: all.zone } });
    } catch {
      // A date at which they can not be evaluated is none that they let through; the date itself has been judged with its error.
      return false;
    }
  };
  const filtered = satisfying(all, holds, renderedDatesMax);
  return dateVariables(dateMs, { next: filtered.next(dateMs), previous: filtered.previous(dateMs) }, all.zone);
}

/** The row after a date: the next one of its backfill, or of its schedule. */
function advanced(room: Room, row: TriggerRow, next: number | undefined, dates: { readonly wanted: ScheduleTimes }): TriggerRow {
  const { backfill } = row;
  if (backfill === undefined || backfill.paused) return withNext(row, next);
  if (next !== undefined && next <= backfill.endMs) return { ...row, backfill: { ...backfill, currentMs: next }, nextAtMs: next };
  room.table.log(row, 'INFO', 'The backfill has come to its end');
  return withoutBackfill(row, dates.wanted.next(room.ambient.clock.nowMs()));
}

/** The schedule goes on where it was. */
export function withoutBackfill(row: TriggerRow, otherwise: number | undefined): TriggerRow {
  const { backfill, ...rest } = row;
  return withNext(rest, backfill?.paused === true ? row.nextAtMs : backfill?.previousNextAtMs ?? otherwise);
}

/** `lateMaximumDelay`: dates that could not be served in time are left out. */
function isTooLate(model: TriggerModel, dateMs: number, nowMs: number): boolean {
  const given = model.properties['lateMaximumDelay'];
  const delayMs = typeof given === 'string' ? parseDurationMs(given) : undefined;
  return delayMs !== undefined && nowMs - dateMs > delayMs;
}

/** After a start, the dates that a server which was off has missed: LAST runs only the newest, NONE none, ALL each, one after the other. */
export function recoveredNextMs(room: Room, row: TriggerRow, found: FoundTrigger): number | undefined {
  const nowMs = room.ambient.clock.nowMs();
  if (row.nextAtMs === undefined || row.nextAtMs > nowMs || (row.backfill !== undefined && !row.backfill.paused)) return row.nextAtMs;
  const dates = datesOf(room, found)?.wanted;
  switch (found.model.properties['recoverMissedSchedules']) {
    case 'NONE': return dates?.next(nowMs);
    case 'LAST': return Math.max(row.nextAtMs, dates?.previous(nowMs + 1) ?? row.nextAtMs);
    default: return row.nextAtMs;
  }
}
