/** A flow as the engine walks it: every task by id with its parent and branch. Made once per revision and shared by its executions. */
import type { FlowModel, TaskModel } from '../language/model.ts';

export interface IndexedTask {
  readonly task: TaskModel;
  /** The enclosing flowable; undefined at the top. */
  readonly parent: TaskModel | undefined;
  readonly branch: 'nominal' | 'errors' | 'finally' | 'afterExecution';
}

export interface FlowIndex {
  readonly flow: FlowModel;
  readonly revision: number;
  readonly tasks: ReadonlyMap<string, IndexedTask>;
  /** Whether its expressions may read `envs` or `globals`: then the journal has to know them. */
  readonly speaksOfSettings: boolean;
}

/** The tasks that may become children of a task run, whatever branch is taken; disabled ones left out. */
export function childTasks(task: TaskModel): readonly TaskModel[] {
  const { children } = task;
  switch (children.type) {
    case 'none': return [];
    case 'list': return children.tasks;
    case 'dag': return children.tasks.map((one) => one.task);
    case 'branches': return [...children.then, ...children.else];
    case 'cases': return [...Object.values(children.cases).flat(), ...children.defaults];
    default: return never(children);
  }
}

export const enabled = (tasks: readonly TaskModel[]): readonly TaskModel[] => (tasks.some((task) => task.disabled) ? tasks.filter((task) => !task.disabled) : tasks);

export function indexFlow(flow: FlowModel, revision: number): FlowIndex {
  const tasks = new Map<string, IndexedTask>();
  const add = (list: readonly TaskModel[], parent: TaskModel | undefined, branch: IndexedTask['branch']): void => {
    for (const task of list) {
      tasks.set(task.id, { task, parent, branch });
      add(childTasks(task), task, 'nominal');
      add(task.errors, task, 'errors');
      add(task.finally, task, 'finally');
    }
  };
  add(flow.tasks, undefined, 'nominal');
  add(flow.errors, undefined, 'errors');
  add(flow.finally, undefined, 'finally');
  add(flow.afterExecution, undefined, 'afterExecution');
  for (const listener of flow.listeners) add(listener.tasks, undefined, 'afterExecution');
  // What `render()` and `printContext()` will read stands in no text: they count as speaking of everything.
  const speaksOfSettings = /\b(envs|globals|render|renderOnce|printContext|fetchContext)\b/.test(JSON.stringify(flow.data));
  return { flow, revision, tasks, speaksOfSettings };
}

export function never(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`);
}
