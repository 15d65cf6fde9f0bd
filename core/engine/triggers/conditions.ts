/** Conditions of triggers (engine-semantics section 9). Pure: what they look at and how texts are rendered comes in. */
import { DateTime } from 'luxon';
import { holidayCountries, isHoliday } from '../../expression/index.ts';
import type { ConditionModel } from '../../language/model.ts';
import type { Label } from '../../protocol/entities/execution.ts';
import { cronTimes, dateTimes, isoIn, satisfying, type ScheduleTimes } from './schedule-times.ts';
import { offsetMinutes, timeOfDayMs } from './windows.ts';

/** The execution of another flow whose change of state is looked at. */
export interface Upstream {
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly state: string;
  readonly labels: readonly Label[];
  /** States of the attempts, a list for each task run that has some. */
  readonly attempts: () => readonly (readonly string[])[];
}

export interface ConditionFacts {
  readonly render: (text: string) => string;
  /** The date of a clock trigger; others have to give `date`. */
  readonly date?: { readonly atMs: number; readonly zone: string };
  /** The trigger's own flow; where there is an upstream execution, conditions about a flow speak of that one's. */
  readonly flow: { readonly namespace: string; readonly id: string };
  readonly upstream?: Upstream;
}

/** True when all hold. Throws when one can not be evaluated, with its type and what is wrong. */
export function conditionsHold(conditions: readonly ConditionModel[], facts: ConditionFacts): boolean {
  return conditions.every((condition) => conditionHolds(condition, facts));
}

export const conditionName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** Truthiness of expressions: false is null, "false", "0", "-0" and "". */
export const isTruthy = (rendered: string): boolean => !['', 'false', '0', '-0'].includes(rendered.trim());

const calendarNames: ReadonlySet<string> = new Set(['DateTimeBetween', 'DayWeek', 'DayWeekInMonth', 'PublicHoliday', 'TimeBetween', 'Weekend']);

/** Whether it depends on the date alone, so that dates to come can be judged today. */
export function isCalendar(condition: ConditionModel): boolean {
  const name = conditionName(condition.type);
  if (name === 'Not' || name === 'Or') return nested(condition).every(isCalendar);
  if (!calendarNames.has(name)) return false;
  return Object.entries(condition.properties).every(([key, value]) => typeof value !== 'string' || !value.includes('{{') || (key === 'date' && isTriggerDate(value)));
}

const isTriggerDate = (text: string): boolean => /^\{\{\s*trigger\.date\s*\}\}$/.test(text.trim());

export function conditionHolds(condition: ConditionModel, facts: ConditionFacts): boolean {
  const name = conditionName(condition.type);
  try {
    return evaluate(name, condition, facts);
  } catch (error) {
    if (error instanceof ConditionError) throw error;
    throw new ConditionError(`the condition ${name} can not be evaluated: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class ConditionError extends Error {}

function evaluate(name: string, condition: ConditionModel, facts: ConditionFacts): boolean {
  const { properties } = condition;
  const text = (key: string): string | undefined => {
    const value = properties[key];
    return value === undefined || value === null ? undefined : rendered(value, facts);
  };
  const need = (key: string): string => {
    const value = text(key);
    if (value === undefined || value === '') throw new Error(`it needs "${key}"`);
    return value;
  };
  switch (name) {
    case 'Expression': return need('expression').trim() === 'true';
    case 'DateTimeBetween': {
      const date = dateOf(text('date'), facts);
      const after = text('after');
      const before = text('before');
      if (after === undefined && before === undefined) throw new Error('it needs "after" or "before"');
      return (after === undefined || date.toMillis() > moment(after, 'after', date).toMillis()) && (before === undefined || date.toMillis() < moment(before, 'before', date).toMillis());
    }
    case 'TimeBetween': {
      const date = dateOf(text('date'), facts);
      const after = text('after');
      const before = text('before');
      if (after === undefined && before === undefined) throw new Error('it needs "after" or "before"');
      return (after === undefined || timeIn(date, after) > timeOfDay(after, 'after')) && (before === undefined || timeIn(date, before) < timeOfDay(before, 'before'));
    }
    case 'DayWeek': return dateOf(text('date'), facts).weekday === dayNumber(need('dayOfWeek'));
    case 'Weekend': return dateOf(text('date'), facts).weekday >= 6;
    case 'DayWeekInMonth': return isDayInMonth(dateOf(text('date'), facts), dayNumber(need('dayOfWeek')), need('dayInMonth').toUpperCase());
    case 'PublicHoliday': {
      const date = dateOf(text('date'), facts);
      const country = need('country').trim();
      const part = text('subDivision')?.trim();
      const found = isHoliday(country, part === '' ? undefined : part, date);
      if (found === undefined) throw new Error(`it knows no public holidays of "${country}"; it knows those of ${holidayCountries.join(', ')}`);
      return found;
    }
    case 'ExecutionFlow': {
      const upstream = needUpstream(facts);
      const flowId = text('flowId');
      return upstream.namespace === need('namespace') && (flowId === undefined || upstream.flowId === flowId);
    }
    case 'FlowCondition': {
      const flow = flowOf(facts);
      return flow.namespace === need('namespace') && flow.id === need('flowId');
    }
    case 'ExecutionNamespace': return namespaceHolds(needUpstream(facts).namespace, text, properties);
    case 'FlowNamespaceCondition': return namespaceHolds(flowOf(facts).namespace, text, properties);
    case 'ExecutionLabels': {
      const { labels } = needUpstream(facts);
      const wanted = labelsOf(properties['labels'], facts);
      return wanted.every((one) => labels.some((label) => label.key === one.key && label.value === one.value));
    }
    case 'ExecutionOutputs': return need('expression').trim() === 'true';
    case 'ExecutionStatus': {
      const { state } = needUpstream(facts);
      return passes(properties, (states) => states.includes(state));
    }
    case 'HasRetryAttempt': {
      const retried = needUpstream(facts).attempts();
      if (properties['in'] === undefined && properties['notIn'] === undefined) return retried.some((attempts) => attempts.length > 1);
      return passes(properties, (states) => retried.some((attempts) => attempts.some((state) => states.includes(state))));
    }
    case 'Not': return !nested(condition).some((one) => conditionHolds(one, facts));
    case 'Or': return nested(condition).some((one) => conditionHolds(one, facts));
    case 'MultipleCondition': throw new Error('it counts executions of other flows, which only a Flow trigger does, and there not inside Not or Or');
    default: throw new Error('it is not known by this version of Ensemble');
  }
}

const passes = (properties: Readonly<Record<string, unknown>>, among: (states: readonly string[]) => boolean): boolean => {
  const list = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : undefined);
  const [within, without] = [list(properties['in']), list(properties['notIn'])];
  return (within === undefined || among(within)) && (without === undefined || !among(without));
};

const rendered = (value: unknown, facts: ConditionFacts): string => (typeof value !== 'string' ? String(value) : value.includes('{') ? facts.render(value) : value);

function needUpstream(facts: ConditionFacts): Upstream {
  if (facts.upstream === undefined) throw new Error('it speaks of an execution of another flow, which only a Flow trigger has');
  return facts.upstream;
}

const flowOf = ({ upstream, flow }: ConditionFacts): { readonly namespace: string; readonly id: string } => (upstream === undefined ? flow : { namespace: upstream.namespace, id: upstream.flowId });

function namespaceHolds(namespace: string, text: (key: string) => string | undefined, properties: Readonly<Record<string, unknown>>): boolean {
  const wanted = text('namespace');
  if (wanted === undefined) throw new Error('it needs "namespace"');
  const comparison = text('comparison')?.toUpperCase() ?? (properties['prefix'] === true || properties['prefix'] === 'true' ? 'PREFIX' : 'EQUALS');
  switch (comparison) {
    case 'PREFIX': return namespace.startsWith(wanted);
    case 'SUFFIX': return namespace.endsWith(wanted);
    default: return namespace === wanted;
  }
}

/** A map, or a list of `{key, value}`. */
export function labelsOf(given: unknown, facts: Pick<ConditionFacts, 'render'>): readonly Label[] {
  const pairs = Array.isArray(given)
    ? given.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'key' in one && 'value' in one ? [[String(one.key), one.value] as const] : []))
    : typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return pairs.map(([key, value]) => ({ key, value: typeof value === 'string' && value.includes('{') ? facts.render(value) : String(value) }));
}

/** The conditions inside Not and Or, as the reader leaves them: `{type, ...properties}`. */
function nested(condition: ConditionModel): readonly ConditionModel[] {
  const given = condition.properties['conditions'];
  const list: readonly unknown[] = Array.isArray(given) ? given : typeof given === 'object' && given !== null ? Object.values(given) : [];
  return list.map(conditionOfData);
}

/** A condition that was read as plain data. */
export function conditionOfData(value: unknown): ConditionModel {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: '', properties: {} };
  const { type, ...properties } = value as Readonly<Record<string, unknown>>;
  return { type: typeof type === 'string' ? type : '', properties };
}

// ------------------------------------------------------------------ dates

function dateOf(given: string | undefined, facts: ConditionFacts): DateTime {
  if (given === undefined) {
    if (facts.date !== undefined) return DateTime.fromMillis(facts.date.atMs, { zone: facts.date.zone });
    return moment(facts.render('{{ trigger.date }}'), 'date');
  }
  return moment(given, 'date');
}

/** A date keeps the offset it is written with; one without has that of the date it is compared with. */
function moment(text: string, name: string, like?: DateTime): DateTime {
  const parsed = like === undefined ? DateTime.fromISO(text.trim(), { setZone: true }) : DateTime.fromISO(text.trim(), { zone: like.zone });
  if (!parsed.isValid) throw new Error(`"${name}" is "${text}", which is no date; expected one such as 2026-03-29T09:00:00+02:00`);
  return parsed;
}

function timeOfDay(text: string, name: string): number {
  const ms = timeOfDayMs(text);
  if (ms === undefined) throw new Error(`"${name}" is "${text}"; expected a time of day such as 09:00:00 or 09:00:00+02:00`);
  return ms;
}

/** The time of day at a date, seen with the offset of the time that it is compared with. */
function timeIn(date: DateTime, compared: string): number {
  const offset = offsetMinutes(compared);
  const seen = offset === undefined ? date : date.setZone(`UTC${offset < 0 ? '-' : '+'}${Math.floor(Math.abs(offset) / 60)}:${String(Math.abs(offset) % 60).padStart(2, '0')}`);
  return ((seen.hour * 60 + seen.minute) * 60 + seen.second) * 1000 + seen.millisecond;
}

const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
function dayNumber(name: string): number {
  const index = days.indexOf(name.trim().toUpperCase());
  if (index < 0) throw new Error(`"${name}" is no day; expected one of ${days.join(', ')}`);
  return index + 1;
}

const ordinals: Readonly<Record<string, number>> = { FIRST: 1, SECOND: 2, THIRD: 3, FOURTH: 4 };
function isDayInMonth(date: DateTime, weekday: number, which: string): boolean {
  if (date.weekday !== weekday) return false;
  if (which === 'LAST') return date.plus({ days: 7 }).month !== date.month;
  const ordinal = ordinals[which];
  if (ordinal === undefined) throw new Error(`"dayInMonth" is "${which}"; expected one of FIRST, SECOND, THIRD, FOURTH, LAST`);
  return Math.ceil(date.day / 7) === ordinal;
}

/** The dates of a stored clock trigger, without its flow: its cron or its dates, and the conditions that speak of the calendar alone. */
export function calendarTimes(row: { readonly cron?: string; readonly dates?: readonly string[]; readonly timezone?: string; readonly calendar?: readonly ConditionModel[] }, serverZone: string): ScheduleTimes | undefined {
  const all = row.cron !== undefined ? cronTimes(row.cron, row.timezone, serverZone) : row.dates !== undefined ? dateTimes(row.dates, row.timezone, serverZone) : undefined;
  const conditions = row.calendar ?? [];
  return all === undefined || conditions.length === 0 ? all : onCalendar(all, conditions);
}

/** Only dates that conditions on the calendar let through. A date at which they can not be evaluated is one: it is told when it is due. */
export function onCalendar(all: ScheduleTimes, conditions: readonly ConditionModel[]): ScheduleTimes {
  return satisfying(all, (atMs) => {
    try {
      return conditionsHold(conditions, { render: (text) => text, date: { atMs, zone: all.zone }, flow: { namespace: '', id: '' } });
    } catch {
      // Its error is told when the date is due.
      return true;
    }
  }, calendarDatesMax);
}

/** Dates that are looked through for the next one that holds: a check costs microseconds. */
export const calendarDatesMax = 3000;

/** The variables a clock trigger gives its execution; `next` and `previous` are dates that satisfy its conditions, too. */
export const dateVariables = (atMs: number, neighbours: { readonly next: number | undefined; readonly previous: number | undefined }, zone: string): Readonly<Record<string, string>> => ({
  date: isoIn(atMs, zone),
  ...(neighbours.next === undefined ? {} : { next: isoIn(neighbours.next, zone) }),
  ...(neighbours.previous === undefined ? {} : { previous: isoIn(neighbours.previous, zone) }),
});
