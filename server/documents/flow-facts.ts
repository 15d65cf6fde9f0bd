/** What a flow's header row says of its source. */
import type { FlowModel, ParsedFlow, TaskModel } from '../../core/language/model.ts';
import type { Diagnostic } from '../../core/protocol/entities/flow.ts';
import { ProtocolError, invalidEntity } from '../../core/protocol/errors.ts';
import type { FlowRecord } from '../store/tables/flows.ts';

type Facts = Pick<FlowRecord, 'disabled' | 'labels' | 'triggers' | 'inputCount' | 'taskTypes'> & { readonly description?: string };

export function factsOf(flow: FlowModel | undefined): Facts {
  if (flow === undefined) return { disabled: false, labels: [], triggers: [], inputCount: 0, taskTypes: [] };
  const types = new Set<string>();
  const pending: TaskModel[] = [...flow.tasks, ...flow.errors, ...flow.finally, ...flow.afterExecution];
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    types.add(task.type);
    pending.push(...childrenOf(task), ...task.errors, ...task.finally);
  }
  return {
    disabled: flow.disabled,
    labels: flow.labels,
    triggers: flow.triggers.map((trigger) => ({ id: trigger.id, type: trigger.type })),
    inputCount: flow.inputs.length,
    taskTypes: [...types].sort(),
    ...(flow.description === undefined ? {} : { description: flow.description }),
  };
}

function childrenOf({ children }: TaskModel): readonly TaskModel[] {
  switch (children.type) {
    case 'none': return [];
    case 'list': return children.tasks;
    case 'dag': return children.tasks.map((entry) => entry.task);
    case 'branches': return [...children.then, ...children.else];
    case 'cases': return [...Object.values(children.cases).flat(), ...children.defaults];
    default: return children satisfies never;
  }
}

/** The flow, or a 422 with every diagnostic. */
export function validFlow(parsed: ParsedFlow): FlowModel {
  if (parsed.flow !== undefined) return parsed.flow;
  const errors = parsed.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  throw invalidEntity(errors.length > 0 ? errors.map(problemOf) : [{ message: 'the flow has no id and namespace', path: 'id' }]);
}

const problemOf = (diagnostic: Diagnostic): { readonly message: string; readonly path?: string } => {
  const whose = diagnostic.author === undefined ? '' : ` (written by ${diagnostic.author.name})`;
  const place = `line ${diagnostic.line}: ${diagnostic.message}${whose}`;
  return diagnostic.path === '' ? { message: place } : { message: place, path: diagnostic.path };
};

/** `tenant`-wide identity never changes by an edit. */
export function sameIdentity(flow: FlowModel, address: { readonly namespace: string; readonly id: string }): void {
  if (flow.id === address.id && flow.namespace === address.namespace) return;
  const errors = [
    ...(flow.id === address.id ? [] : [{ path: 'flow.id', message: `Illegal flow id update: "${flow.id}" instead of "${address.id}"` }]),
    ...(flow.namespace === address.namespace ? [] : [{ path: 'flow.namespace', message: `Illegal namespace update: "${flow.namespace}" instead of "${address.namespace}"` }]),
  ];
  throw new ProtocolError({ status: 422, message: `Invalid entity: ${errors.map((error) => `${error.path}: ${error.message}`).join('\n')}`, errors });
}

/** The source with `disabled: true|false` at its top level, in as few characters as possible. */
export function withDisabled(source: string, disabled: boolean): string {
  const written = /^disabled[ \t]*:[ \t]*([^\s#][^\n#]*?)?(?=[ \t]*(?:#|\r?$))/m;
  if (written.test(source)) return source.replace(written, `disabled: ${disabled}`);
  const namespace = /^namespace[ \t]*:.*$/m.exec(source);
  if (namespace === null) return `disabled: ${disabled}\n${source}`;
  const end = namespace.index + namespace[0].length;
  return `${source.slice(0, end)}\ndisabled: ${disabled}${source.slice(end)}`;
}
