/**
 * Flow triggers: whether a change of state of another flow's execution fires, and what has been gathered before. Pure: the windows
 * stored so far come in, the changed ones go out, so that the caller can write them in the commit of the change of state itself.
 */
import type { ConditionModel, TriggerModel } from '../../language/model.ts';
import type { WindowState } from '../../protocol/entities/trigger-window.ts';
import { stateTypes, isTerminal } from '../../protocol/states.ts';
import { conditionHolds, conditionName, conditionOfData, conditionsHold, isTruthy, labelsOf, type ConditionFacts, type Upstream } from './conditions.ts';
import { nextEndMs, windowAt, windowOfDependsOn, windowOfTimeWindow, type TriggerWindow } from './windows.ts';

export type UpstreamFacts = ConditionFacts & { readonly upstream: Upstream };

interface Part {
  readonly name: string;
  readonly holds: (facts: UpstreamFacts) => boolean;
  /** `namespace/flow` when only executions of that flow can hold. */
  readonly flow: string | undefined;
}

interface Gathering {
  readonly windowId: string;
  readonly parts: readonly Part[];
  readonly window: TriggerWindow;
  readonly needed: number;
  readonly resets: boolean;
  readonly fireOnce: boolean;
}

export interface FlowTriggerPlan {
  readonly states: ReadonlySet<string>;
  /** `namespace/flow` of the flows whose executions can matter; undefined when any can. */
  readonly flows: ReadonlySet<string> | undefined;
  readonly conditions: readonly ConditionModel[];
  readonly when: string | undefined;
  readonly gatherings: readonly Gathering[];
  /** What is done when a window ends in which it has not fired. */
  readonly onMiss: { readonly labels: unknown; readonly window: TriggerWindow; readonly windowId: string } | undefined;
}

export interface FlowTriggerEvaluation {
  readonly fires: boolean;
  readonly windows: readonly WindowState[];
  /** Executions that have led to it, the last one included. */
  readonly executionIds: readonly string[];
  /** Conditions that could not be evaluated; they count as not met. */
  readonly problems: readonly string[];
}

/** By the language level: since 0.23 a paused execution counts, too. */
export const defaultStates = (level: string): ReadonlySet<string> => new Set(stateTypes.filter((state) => isTerminal(state) || (level !== '0.20' && state === 'PAUSED')));

type Given = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);
const maps = (value: unknown): readonly Given[] => (Array.isArray(value) ? value.filter(isMap) : []);
const textOf = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : String(value));
const list = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : undefined);

/** Throws with the name of the property that can not be read. */
export function planFlowTrigger(model: TriggerModel, options: { readonly defaultStates: ReadonlySet<string>; readonly zone: string }): FlowTriggerPlan {
  const { properties } = model;
  const given = list(properties['states']);
  const own: ReadonlySet<string> = given === undefined ? options.defaultStates : new Set(given);
  const states = new Set(own);
  const gatherings: Gathering[] = [];
  const plain: ConditionModel[] = [];
  for (const condition of model.conditions) {
    if (conditionName(condition.type) === 'MultipleCondition') gatherings.push(multipleCondition(condition, options.zone));
    else plain.push(condition);
  }
  const { preconditions } = properties;
  if (isMap(preconditions)) gatherings.push(preconditionsOf(preconditions, { own, states: given === undefined ? states : undefined }, options.zone));
  const dependsOn = maps(properties['dependsOn']);
  let onMiss: FlowTriggerPlan['onMiss'];
  if (dependsOn.length > 0) {
    const gathering = dependsOnOf(dependsOn, properties, { own, states: given === undefined ? states : undefined }, options.zone);
    gatherings.push(gathering);
    const miss = properties['onMiss'];
    if (isMap(miss)) onMiss = { labels: miss['labels'], window: gathering.window, windowId: gathering.windowId };
  }
  return { states, flows: flowsOf(plain, gatherings), conditions: plain, when: textOf(properties['when']), gatherings, onMiss };
}

interface States {
  readonly own: ReadonlySet<string>;
  /** Collects those that entries name; undefined when the trigger's own list decides. */
  readonly states: Set<string> | undefined;
}

function entryStates(given: unknown, { own, states }: States): ReadonlySet<string> {
  const named = list(given);
  if (named === undefined || named.length === 0) return own;
  for (const state of named) states?.add(state);
  return new Set(named);
}

function multipleCondition(condition: ConditionModel, zone: string): Gathering {
  const { properties } = condition;
  const inner = isMap(properties['conditions']) ? properties['conditions'] : {};
  const timeWindow = isMap(properties['timeWindow']) ? properties['timeWindow'] : { window: properties['window'], windowAdvance: properties['windowAdvance'] };
  const parts = Object.entries(inner).map(([name, value]): Part => {
    const one = conditionOfData(value);
    return { name, flow: literalFlow([one]), holds: (facts) => conditionHolds(one, facts) };
  });
  if (parts.length === 0) throw new Error('a MultipleCondition needs "conditions", a map from names to conditions');
  return { windowId: textOf(properties['id']) ?? 'multiple', parts, window: windowOfTimeWindow(timeWindow, zone), needed: parts.length, resets: properties['resetOnSuccess'] !== false, fireOnce: false };
}

function preconditionsOf(given: Given, states: States, zone: string): Gathering {
  const flows = maps(given['flows']).map((entry, index): Part => {
    const wanted = entryStates(entry['states'], states);
    return { name: `flow_${index}`, flow: entryFlow(entry), holds: ({ upstream, render }) => matchesEntry(entry, wanted, upstream, render) };
  });
  const where = maps(given['where']).map((entry, index): Part => ({ name: textOf(entry['id']) ?? `where_${index}`, flow: undefined, holds: (facts) => whereHolds(entry, facts) }));
  const parts = [...flows, ...where];
  if (parts.length === 0) throw new Error('"preconditions" needs "flows" or "where"');
  return { windowId: textOf(given['id']) ?? 'preconditions', parts, window: windowOfTimeWindow(isMap(given['timeWindow']) ? given['timeWindow'] : undefined, zone), needed: parts.length, resets: given['resetOnSuccess'] !== false, fireOnce: false };
}

function dependsOnOf(entries: readonly Given[], properties: Given, states: States, zone: string): Gathering {
  const parts = entries.map((entry, index): Part => {
    const wanted = entryStates(entry['states'], states);
    const when = textOf(entry['when']);
    return {
      name: `depends_${index}`, flow: entryFlow(entry),
      holds: ({ upstream, render }) => matchesEntry(entry, wanted, upstream, render) && (when === undefined || isTruthy(render(when))),
    };
  });
  const window = isMap(properties['window']) ? properties['window'] : undefined;
  const mode = textOf(properties['mode'])?.toUpperCase() ?? 'ALL';
  const needed = mode === 'ANY' ? 1 : mode === 'AT_LEAST' ? Math.max(1, Math.min(parts.length, Number(properties['minSatisfied'] ?? 1) || 1)) : parts.length;
  return { windowId: 'dependsOn', parts, window: windowOfDependsOn(window, zone), needed, resets: true, fireOnce: window?.['fireOnce'] === true };
}

const entryFlow = (entry: Given): string | undefined => {
  const [namespace, flowId] = [textOf(entry['namespace']), textOf(entry['flowId'])];
  return namespace === undefined || flowId === undefined || namespace.includes('{') || flowId.includes('{') ? undefined : `${namespace}/${flowId}`;
};

function matchesEntry(entry: Given, states: ReadonlySet<string>, upstream: Upstream, render: (text: string) => string): boolean {
  const [namespace, flowId] = [textOf(entry['namespace']), textOf(entry['flowId'])];
  if (namespace !== undefined && namespace !== upstream.namespace) return false;
  if (flowId !== undefined && flowId !== upstream.flowId) return false;
  if (!states.has(upstream.state)) return false;
  return labelsOf(entry['labels'], { render }).every((wanted) => upstream.labels.some((label) => label.key === wanted.key && label.value === wanted.value));
}

function whereHolds(entry: Given, facts: UpstreamFacts): boolean {
  const filters = maps(entry['filters']);
  return textOf(entry['operand'])?.toUpperCase() === 'OR' ? filters.some((filter) => filterHolds(filter, facts)) : filters.every((filter) => filterHolds(filter, facts));
}

function filterHolds(filter: Given, { upstream, render }: UpstreamFacts): boolean {
  const field = textOf(filter['field'])?.toUpperCase();
  const value = textOf(filter['value']) ?? '';
  const shown = (text: string): string => (text.includes('{') ? render(text) : text);
  const subject = field === 'FLOW_ID' ? upstream.flowId : field === 'NAMESPACE' ? upstream.namespace : field === 'STATE' ? upstream.state : field === 'EXPRESSION' ? shown(value) : undefined;
  if (subject === undefined) throw new Error(`the field "${field ?? ''}" of a filter is none of FLOW_ID, NAMESPACE, STATE, EXPRESSION`);
  const values = list(filter['values'])?.map(shown) ?? (field === 'EXPRESSION' ? [] : [shown(value)]);
  const first = values[0] ?? '';
  switch (textOf(filter['type'])?.toUpperCase()) {
    case 'EQUAL_TO': return subject === first;
    case 'NOT_EQUAL_TO': return subject !== first;
    case 'IN': return values.includes(subject);
    case 'NOT_IN': return !values.includes(subject);
    case 'IS_NULL': return subject === '';
    case 'IS_NOT_NULL': return subject !== '';
    case 'IS_TRUE': return isTruthy(subject);
    case 'IS_FALSE': return !isTruthy(subject);
    case 'STARTS_WITH': return subject.startsWith(first);
    case 'ENDS_WITH': return subject.endsWith(first);
    case 'CONTAINS': return subject.includes(first);
    // The linear-time engine of the expressions, so that no pattern of a flow holds the loop.
    case 'REGEX': return render(`{{ "${quoted(subject)}" | replace({"${quoted(`^(?:${first})$`)}": "\u0001"}, regexp=true) }}`) === '\u0001';
    default: throw new Error(`the type "${textOf(filter['type']) ?? ''}" of a filter is not known`);
  }
}

const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/** `namespace/flow` when one of conditions that must all hold names a flow literally. */
function literalFlow(conditions: readonly ConditionModel[]): string | undefined {
  for (const { type, properties } of conditions) {
    if (conditionName(type) === 'ExecutionFlow' || conditionName(type) === 'FlowCondition') {
      const flow = entryFlow(properties);
      if (flow !== undefined) return flow;
    }
  }
  return undefined;
}

function flowsOf(plain: readonly ConditionModel[], gatherings: readonly Gathering[]): ReadonlySet<string> | undefined {
  const only = literalFlow(plain);
  if (only !== undefined) return new Set([only]);
  if (gatherings.length === 0) return undefined;
  const named = gatherings.flatMap((gathering) => gathering.parts.map((part) => part.flow));
  return named.every((flow) => flow !== undefined) ? new Set(named) : undefined;
}

/** Of one change of state. `load` gives what has been gathered before. */
export function evaluateFlowTrigger(plan: FlowTriggerPlan, facts: UpstreamFacts, load: (windowId: string) => WindowState | undefined, nowMs: number): FlowTriggerEvaluation {
  const problems: string[] = [];
  const safely = (call: () => boolean): boolean => {
    try {
      return call();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  const { upstream } = facts;
  const nothing = { fires: false, windows: [], executionIds: [], problems };
  if (!plan.states.has(upstream.state)) return nothing;
  if (plan.when !== undefined && !safely(() => isTruthy(facts.render(plan.when ?? '')))) return nothing;
  if (!safely(() => conditionsHold(plan.conditions, facts))) return nothing;
  if (plan.gatherings.length === 0) return { fires: true, windows: [], executionIds: [upstream.executionId], problems };
  const looks = plan.gatherings.map((gathering) => {
    const stretch = windowAt(gathering.window, nowMs);
    if (stretch === undefined) return { gathering, complete: false, matched: false, state: undefined };
    const stored = load(gathering.windowId);
    const kept = stored === undefined ? {} : gathering.window.type === 'sliding'
      ? Object.fromEntries(Object.entries(stored.met).filter(([, { atMs }]) => atMs >= stretch.startMs))
      : stored.startMs === stretch.startMs ? stored.met : {};
    const matched = gathering.parts.filter((part) => safely(() => part.holds(facts)));
    const met = { ...kept, ...Object.fromEntries(matched.map((part) => [part.name, { executionId: upstream.executionId, atMs: nowMs }])) };
    const sameStretch = stored !== undefined && (gathering.window.type === 'sliding' ? (stored.firedAtMs ?? 0) >= stretch.startMs : stored.startMs === stretch.startMs);
    const firedAtMs = sameStretch ? stored.firedAtMs : undefined;
    const count = gathering.parts.filter((part) => Object.hasOwn(met, part.name)).length;
    const state: WindowState = { windowId: gathering.windowId, ...stretch, ...(gathering.window.type === 'sliding' ? { endMs: nowMs + gathering.window.lengthMs } : {}), met, ...(firedAtMs === undefined ? {} : { firedAtMs }) };
    return { gathering, matched: matched.length > 0, complete: count >= gathering.needed && !(gathering.fireOnce && firedAtMs !== undefined), state };
  });
  if (!looks.some((look) => look.matched)) return nothing;
  const fires = looks.every((look) => look.complete);
  const executionIds = [...new Set([...looks.flatMap((look) => Object.values(look.state?.met ?? {}).map((one) => one.executionId)), upstream.executionId])];
  const windows = looks.flatMap(({ gathering, matched, state }) => {
    if (state === undefined || (!matched && !fires)) return [];
    return [fires ? { ...state, met: gathering.resets ? {} : state.met, firedAtMs: nowMs } : state];
  });
  return { fires, windows, executionIds, problems };
}

/** The next moment at which a window ends, for a trigger that has `onMiss`. */
export const nextMissMs = (plan: FlowTriggerPlan, afterMs: number): number | undefined => (plan.onMiss === undefined ? undefined : nextEndMs(plan.onMiss.window, afterMs));

/** Whether it has not fired in the window that has just ended. */
export function isMissed(plan: FlowTriggerPlan, state: WindowState | undefined, endMs: number): boolean {
  if (plan.onMiss === undefined) return false;
  const stretch = windowAt(plan.onMiss.window, endMs);
  return stretch !== undefined && !(state?.firedAtMs !== undefined && state.startMs === stretch.startMs);
}
