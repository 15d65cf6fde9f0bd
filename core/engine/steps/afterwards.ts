/** After the end: the tasks of `afterExecution` and of the deprecated `listeners` join the execution; its state stays as it is. */
import { isTruthy, render } from '../../expression/index.ts';
import type { ConditionModel } from '../../language/model.ts';
import { currentState } from '../../protocol/entities/execution.ts';
import { isTerminal } from '../../protocol/states.ts';
import { enabled } from '../flow-index.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { unschedulePause } from './pauses.ts';
import { create } from './walk.ts';

/** The execution has just ended: what is to run now is decided here, once. */
export function startAfterwards(s: Stepper): void {
  const { flow } = s.state.index;
  const heard = flow.listeners.filter((listener) => listener.conditions.every((condition) => holds(s, condition)));
  const tasks = enabled([...heard.flatMap((listener) => listener.tasks), ...flow.afterExecution]).map((task) => task.id);
  if (tasks.length === 0) return;
  s.header({ afterExecution: { tasks } });
  s.mark('');
  s.settle();
}

/** One after the other, whatever became of the one before: each says by `runIf` whether it is meant. */
export function walkAfterwards(s: Stepper): void {
  const planned = s.state.header.afterExecution;
  const { afterExecution } = s.state.scope('');
  if (planned === undefined || afterExecution.open > 0) return;
  const next = planned.tasks[afterExecution.runs.length];
  const task = next === undefined ? undefined : s.state.index.tasks.get(next)?.task;
  if (task === undefined) closeAfterwards(s);
  else create(s, '', { task });
}

function closeAfterwards(s: Stepper): void {
  s.drop('afterExecution');
  s.commands.push({ type: 'settled' });
}

/** Somebody kills what still runs after the end. */
export function killAfterwards(s: Stepper): void {
  for (const row of s.state.ordered()) {
    const current = currentState(row.histories);
    if (isTerminal(current)) continue;
    if (current === 'PAUSED') unschedulePause(s, row.id);
    if (current === 'RETRYING') s.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    s.abandon(row, 'KILLED');
  }
  closeAfterwards(s);
}

/** Of a listener. One that can not be told does not hold, and says why. */
function holds(s: Stepper, condition: ConditionModel): boolean {
  const { header, state } = s.state;
  const { properties } = condition;
  const texts = (name: string): readonly string[] => (Array.isArray(properties[name]) ? properties[name].map(String) : []);
  try {
    switch (condition.type.slice(condition.type.lastIndexOf('.') + 1)) {
      case 'ExecutionStatus': return (texts('in').length === 0 || texts('in').includes(state)) && !texts('notIn').includes(state);
      case 'ExecutionFlow': return properties['namespace'] === header.namespace && properties['flowId'] === header.flowId;
      case 'ExecutionNamespace': return holdsNamespace(header.namespace, properties);
      case 'HasRetryAttempt': return s.state.ordered().some((row) => (row.attempts?.length ?? 0) > 1);
      case 'Expression': return isTruthy(render(String(properties['expression'] ?? ''), s.rootOptions()));
      case 'Not': return nested(properties).every((one) => !holds(s, one));
      case 'Or': return nested(properties).some((one) => holds(s, one));
      default: throw new Error('a listener can not ask for it; use Expression');
    }
  } catch (error) {
    s.log('WARN', `The listener's condition ${condition.type} does not hold: ${messageOf(error)}`);
    return false;
  }
}

function holdsNamespace(namespace: string, properties: Readonly<Record<string, unknown>>): boolean {
  const wanted = String(properties['namespace'] ?? '');
  const comparison = properties['comparison'] ?? (properties['prefix'] === true ? 'PREFIX' : 'EQUALS');
  if (comparison === 'PREFIX') return namespace.startsWith(wanted);
  return comparison === 'SUFFIX' ? namespace.endsWith(wanted) : namespace === wanted;
}

const nested = (properties: Readonly<Record<string, unknown>>): readonly ConditionModel[] =>
  (Array.isArray(properties['conditions']) ? properties['conditions'] : []).flatMap((one: unknown): readonly ConditionModel[] => {
    if (typeof one !== 'object' || one === null || !('type' in one)) return [];
    const { type, ...own } = one;
    return [{ type: String(type), properties: own }];
  });
