/** Walks through the tasks of a parsed flow. */
import type { TaskModel } from './model.ts';
import { never } from './source-node.ts';

/** Every task below a list, flowables before their children. */
export function walkTasks(tasks: readonly TaskModel[], visit: (task: TaskModel) => void): void {
  for (const task of tasks) {
    visit(task);
    walkTasks(childTasks(task), visit);
    walkTasks(task.errors, visit);
    walkTasks(task.finally, visit);
  }
}

/** The nominal children of a task in the order of the text. */
export function childTasks(task: TaskModel): readonly TaskModel[] {
  const { children } = task;
  switch (children.type) {
    case 'none':
      return [];
    case 'list':
      return children.tasks;
    case 'dag':
      return children.tasks.map((item) => item.task);
    case 'branches':
      return [...children.then, ...children.else];
    case 'cases':
      return [...Object.values(children.cases).flat(), ...children.defaults];
    default:
      return never(children);
  }
}
