// Functions about the variables of the execution, and rendering inside an expression.
import type { Call, FunctionDefinition } from '../call.ts';
import { optionalBoolean, refuse, requiredArgument, requiredInteger, requiredText } from '../call.ts';
import { spendItems } from '../evaluation.ts';
import { attributeOf, keyText, ownEntry } from '../value/access.ts';
import { jsonText } from '../value/json-text.ts';
import { isList, isMap, kindOf, missing } from '../value/kinds.ts';
import { entriesOf, mapFrom } from '../value/maps.ts';

const printContext: FunctionDefinition = {
  parameters: [],
  doc: 'All variables as JSON.',
  apply: (call) => jsonText(call.evaluation, call.evaluation.variables),
};

/** Variables and rendering, by name. */
export const contextFunctions = {
  currentEachOutput: { parameters: ['outputs'], doc: 'The outputs of a task for the present turn of the loops around it.', apply: currentEachOutput },
  fetchContext: printContext,
  iterationOutput: {
    parameters: ['outputs', 'iteration'],
    doc: 'The outputs of one turn of a Loop.',
    apply: (call) => {
      const iteration = attributeOf(requiredArgument(call, 'outputs'), requiredInteger(call, 'iteration'));
      const outputs = attributeOf(iteration, 'outputs');
      return outputs === missing ? refuse(call, 'can not find that iteration') : outputs;
    },
  },
  loopOutputs: {
    parameters: ['outputs', 'id'],
    doc: 'One output of every turn of a Loop, as a list.',
    apply: (call) => {
      const turns = requiredArgument(call, 'outputs');
      const id = requiredText(call, 'id');
      const list = isMap(turns) ? Object.values(turns) : isList(turns) ? turns : refuse(call, `expects the outputs of a Loop, found ${kindOf(turns)}`);
      spendItems(call.evaluation, list.length);
      return list.map((turn) => attributeOf(attributeOf(turn, 'outputs'), id)).filter((value) => value !== missing);
    },
  },
  printContext,
  render: { parameters: ['toRender', 'recursive'], doc: 'Renders the expressions in a value until none is left; recursive=false renders once.', apply: (call) => renderIn(call, required(call), optionalBoolean(call, 'recursive') ?? true) },
  renderOnce: { parameters: ['toRender'], doc: 'Renders the expressions in a value once.', apply: (call) => renderIn(call, required(call), false) },
  tasksWithState: { parameters: ['state'], doc: 'The task runs in a state, as a list of maps with taskId.', apply: tasksWithState },
} satisfies Readonly<Record<string, FunctionDefinition>>;

function required(call: Call): unknown {
  return requiredArgument(call, 'toRender');
}

function renderIn(call: Call, value: unknown, recursive: boolean): unknown {
  if (typeof value === 'string') return call.evaluation.renderNested(call.evaluation, value, recursive);
  if (isList(value)) {
    spendItems(call.evaluation, value.length);
    return value.map((item) => renderIn(call, item, recursive));
  }
  if (isMap(value)) {
    const entries = entriesOf(value);
    spendItems(call.evaluation, entries.length);
    return mapFrom(entries.map(([key, item]) => [call.evaluation.renderNested(call.evaluation, key, recursive), renderIn(call, item, recursive)]));
  }
  return value;
}

/** Walks down the values of the loops around, the outermost first, then the value of the task run itself. */
function currentEachOutput(call: Call): unknown {
  const outputs = requiredArgument(call, 'outputs');
  const { variables } = call.evaluation;
  const parents = ownEntry(variables, 'parents');
  const own = attributeOf(ownEntry(variables, 'taskrun'), 'value');
  const values = (isList(parents) ? parents : [])
    .map((parent) => attributeOf(attributeOf(parent, 'taskrun'), 'value'))
    .reverse()
    .concat([own])
    .filter((value) => value !== missing && value !== null);
  return values.reduce((current: unknown, value) => {
    const next = attributeOf(current, value);
    return next === missing ? refuse(call, `can not find the outputs of the iteration \`${keyText(value)}\``) : next;
  }, outputs);
}

/** `tasks` is `{taskId: {state}}`, or `{taskId: {value: {state}}}` inside loops. */
function tasksWithState(call: Call): unknown {
  const state = requiredText(call, 'state').toUpperCase();
  const tasks = ownEntry(call.evaluation.variables, 'tasks');
  if (!isMap(tasks)) return [];
  const found: unknown[] = [];
  const collect = (taskId: string, value: unknown, path: readonly string[]): void => {
    if (!isMap(value)) return;
    const own = ownEntry(value, 'state');
    if (typeof own === 'string') {
      if (own.toUpperCase() === state) found.push({ taskId, state: own, value: path.at(-1) ?? null });
      return;
    }
    for (const [key, inner] of entriesOf(value)) if (path.length < call.evaluation.limits.depthMax) collect(taskId, inner, [...path, key]);
  };
  for (const [taskId, value] of entriesOf(tasks)) collect(taskId, value, []);
  spendItems(call.evaluation, found.length);
  return found;
}
