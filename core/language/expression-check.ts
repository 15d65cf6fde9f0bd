/**
 * Expressions inside the texts of a flow: their syntax, filters and functions that do not exist, and names of tasks, inputs and
 * variables that the flow does not have. Warnings: the engine decides when it runs, and another language may stand in the text.
 */
import { type ParsedText, parseText, type Reference } from './expression-references.ts';
import type { FlowModel, TaskModel } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import type { Reading } from './reading.ts';
import { placeInSource } from './scalar-place.ts';
import type { ScalarNode } from './source-node.ts';
import { walkTasks } from './task-walk.ts';

export function checkExpressions(flow: FlowModel, reading: Reading): void {
  const known = knownNames(flow, reading);
  const cache = new Map<string, ParsedText>();
  const done = new Set<ScalarNode>();
  const hints = new Map<string, string | undefined>();
  const hint = ({ root, name }: Reference, names: ReadonlySet<string>): string | undefined => {
    const key = `${root} ${name}`;
    // A flow with a thousand wrong names needs no hint for each: looking for one costs a pass over all names.
    if (!hints.has(key)) hints.set(key, hints.size < 50 ? didYouMean(nearestName(name, names)) : undefined);
    return hints.get(key);
  };
  for (const { node, path, scope } of reading.expressions) {
    // An anchor's or a default's node is met several times; once is enough.
    if (done.has(node)) continue;
    done.add(node);
    let parsed = cache.get(node.text);
    if (parsed === undefined) {
      parsed = parseText(node.text);
      cache.set(node.text, parsed);
    }
    for (const problem of parsed.problems) reading.report.warn(path, placeInSource(node, reading.source, problem.offset, problem.length), `In the expression: ${problem.message}`);
    if (scope === 'foreign') continue;
    for (const reference of parsed.references) {
      const names = known[reference.root];
      if (reference.guarded || names.has(reference.name)) continue;
      const at = placeInSource(node, reading.source, reference.offset, reference.length);
      reading.report.warn(path, at, `${whatIs[reference.root]} "${reference.name}" does not exist in this flow`, hint(reference, names));
    }
  }
}

const whatIs = { outputs: 'The task', tasks: 'The task', inputs: 'The input', vars: 'The variable' } as const;

function knownNames(flow: FlowModel, reading: Reading): Readonly<Record<Reference['root'], ReadonlySet<string>>> {
  const outputs = new Set(reading.taskIds.map(({ id }) => id));
  const visit = (task: TaskModel): void => {
    if (task.flowable === 'forEachItem') for (const part of ['split', 'items', 'merge']) outputs.add(`${task.id}_${part}`);
  };
  walkTasks([...flow.tasks, ...flow.errors, ...flow.finally, ...flow.afterExecution], visit);
  return {
    outputs,
    tasks: outputs,
    inputs: new Set(flow.inputs.map((input) => input.id.split('.')[0] ?? input.id)),
    vars: new Set(Object.keys(flow.variables)),
  };
}
