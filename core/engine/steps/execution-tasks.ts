/** Tasks that change their own execution: labels, variables, and the end. */
import { render, renderDeep } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { isTerminal } from '../../protocol/states.ts';
import { never } from '../flow-index.ts';
import { isSystemLabel, labelsFrom, mergeLabels } from '../labels.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { finishAttempt, startAttempt } from './attempts.ts';
import { end } from './ending.ts';
import { kill } from './kill.ts';
import { unschedulePause } from './pauses.ts';

export function changeExecution(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const running = startAttempt(s, row, s.atMs);
  try {
    change(s, running, task);
  } catch (error) {
    s.log('ERROR', messageOf(error), running);
    finishAttempt(s, running, task, 'FAILED', undefined);
    return;
  }
  finishAttempt(s, running, task, 'SUCCESS', undefined);
  if (s.state.header.exit?.state === 'KILLED') kill(s);
}

function change(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const kind = task.change ?? 'labels';
  switch (kind) {
    case 'labels': { changeLabels(s, row, task); return; }
    case 'setVariables': { setVariables(s, row, task); return; }
    case 'unsetVariables': { unsetVariables(s, row, task); return; }
    case 'exit': { s.header({ exit: { state: exitState(s, row, task) } }); return; }
    default: never(kind);
  }
}

function changeLabels(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const given = task.properties['labels'];
  const options = s.options(row, task);
  const rendered = typeof given === 'string' ? render(given, options) : renderDeep(given, { ...options, renderKeys: true });
  const labels = labelsFrom(rendered);
  if (labels === undefined) throw new Error(`\`labels\` must be a map, a list of {key, value}, or a text that renders to a JSON map; found \`${String(rendered).slice(0, 200)}\``);
  const system = labels.find((label) => isSystemLabel(label.key));
  if (system !== undefined) throw new Error(`System labels can only be set by the system: \`${system.key}\``);
  s.header({ labels: mergeLabels(s.state.header.labels, labels) });
}

// ------------------------------------------------------------------ variables

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const varsOf = (s: Stepper): Readonly<Record<string, unknown>> => s.state.header.vars ?? { ...s.state.index.flow.variables, ...s.state.header.variables };

function setVariables(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const given = renderDeep(task.properties['variables'] ?? {}, { ...s.options(row, task), typed: true });
  if (!isRecord(given)) throw new Error(`\`variables\` must be a map from names to values; found \`${String(given).slice(0, 200)}\``);
  const present = varsOf(s);
  if (task.properties['overwrite'] === false) {
    const taken = Object.keys(given).find((key) => Object.hasOwn(present, key));
    if (taken !== undefined) throw new Error(`The variable \`${taken}\` is set already, and \`overwrite\` is false`);
  }
  s.header({ vars: merged(present, given) });
}

/** Maps are merged into maps; anything else replaces what was there. */
function merged(present: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const result = new Map(Object.entries(present));
  for (const [key, value] of Object.entries(given)) {
    const before = result.get(key);
    result.set(key, isRecord(before) && isRecord(value) ? merged(before, value) : value);
  }
  return Object.fromEntries(result);
}

function unsetVariables(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const given = renderDeep(task.properties['variables'] ?? [], { ...s.options(row, task), typed: true });
  if (!Array.isArray(given)) throw new Error(`\`variables\` must be a list of names; found \`${String(given).slice(0, 200)}\``);
  const names = new Set(given.map(String));
  const present = varsOf(s);
  const missing = [...names].find((name) => !Object.hasOwn(present, name));
  if (missing !== undefined && task.properties['ignoreMissing'] !== true) throw new Error(`There is no variable \`${missing}\`; with \`ignoreMissing: true\` that is no failure`);
  s.header({ vars: Object.fromEntries(Object.entries(present).filter(([name]) => !names.has(name))) });
}

// ------------------------------------------------------------------ exit

const exitStates = ['SUCCESS', 'WARNING', 'KILLED', 'FAILED', 'CANCELLED'] as const;

function exitState(s: Stepper, row: TaskRunRow, task: TaskModel): (typeof exitStates)[number] {
  const text = s.render(row, task, String(task.properties['state'] ?? 'SUCCESS'))?.toUpperCase().replace('CANCELED', 'CANCELLED');
  const found = exitStates.find((state) => state === text);
  if (found === undefined) throw new Error(`\`state\` must be one of ${exitStates.join(', ')}; found \`${String(text).slice(0, 100)}\``);
  return found;
}

/** What runs runs on; when it has ended, everything ends as the Exit task has said. */
export function exitWhenQuiet(s: Stepper): void {
  const exit = s.state.header.exit;
  if (exit === undefined || s.state.active.size > 0) return;
  for (const row of [...s.state.ordered()].reverse()) {
    const current = currentState(row.histories);
    if (isTerminal(current)) continue;
    if (current === 'PAUSED') unschedulePause(s, row.id);
    s.put({ ...row, histories: [...row.histories, { state: exit.state, atMs: s.atMs }] });
  }
  end(s, exit.state);
}
