/** ForEach, EachSequential and EachParallel: their children once per value. Values are always text, without duplicates. */
import { parseJsonText } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { TaskModel } from '../../language/model.ts';
import { childTasks, enabled } from '../flow-index.ts';
import type { Plan } from '../plan.ts';
import { FlowableError, type Flowable, type FlowableContext } from './flowable.ts';
import { countProperty, keptCount } from './parallel.ts';

/** The texts of a list of values: texts rendered, whole numbers as text, maps rendered and as compact JSON; nulls and lists are refused. */
export function valuesOf(context: FlowableContext, property: string): readonly string[] {
  const given = context.task.properties[property];
  let list: unknown = given;
  if (typeof given === 'string') {
    const rendered = context.render(given) ?? '';
    try {
      list = parseJsonText(rendered);
    } catch {
      throw new FlowableError(`\`${property}\` must be a list or a text that renders to a JSON list, found \`${rendered.slice(0, 200)}\``);
    }
  }
  if (!Array.isArray(list)) throw new FlowableError(`\`${property}\` must be a list or a text that renders to a JSON list, found \`${JSON.stringify(list)?.slice(0, 200)}\``);
  const rendered = list.map((value: unknown): string | null => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return context.render(value);
    if (Array.isArray(value)) throw new FlowableError(`A list is no value of Each: found \`${JSON.stringify(value).slice(0, 200)}\``);
    if (typeof value === 'object') return JSON.stringify(context.renderDeep(value));
    return String(value);
  });
  const nulls = rendered.filter((value) => value === null).length;
  if (nulls > 0) throw new FlowableError(`Found '${nulls}' null values on Each, with values=[${rendered.map((value) => String(value)).join(', ')}]`);
  const values = [...new Set(rendered.filter((value) => value !== null))];
  const tasks = Math.max(1, childTasks(context.task).length);
  if (values.length * tasks > limits.flowableChildrenMax) throw new FlowableError(`${values.length} values with ${tasks} tasks each pass the limit of ${limits.flowableChildrenMax} task runs`);
  return values;
}

/** The plan of each kind, from values and a count of how many at once. */
type PlanOf = (task: TaskModel, values: readonly string[], concurrent: number) => Plan;

const each = (property: string, counts: { readonly name: string; readonly otherwise: number } | undefined, planOf: PlanOf): Flowable => {
  const countOf = (context: FlowableContext): number => (counts === undefined ? 1 : countProperty(context, counts.name, counts.otherwise));
  return {
    start: (context) => {
      const values = valuesOf(context, property);
      const concurrent = countOf(context);
      return { plan: planOf(context.task, values, concurrent), decided: { values, ...(counts === undefined ? {} : keptCount(context, counts.name, concurrent).decided) } };
    },
    resume: (context) => {
      const { decided } = context.taskRun;
      return planOf(context.task, decided?.values ?? valuesOf(context, property), decided?.concurrent ?? countOf(context));
    },
  };
};

export const forEach = each('values', { name: 'concurrencyLimit', otherwise: 1 }, (task, values, concurrent) => {
  const tasks = enabled(childTasks(task));
  return concurrent === 1 ? { type: 'sequence', tasks, values } : { type: 'chains', tasks, values, concurrent };
});

export const eachSequential = each('value', undefined, (task, values) => ({ type: 'sequence', tasks: enabled(childTasks(task)), values }));

export const eachParallel = each('value', { name: 'concurrent', otherwise: 0 }, (task, values, concurrent) => ({ type: 'parallel', tasks: enabled(childTasks(task)), values, concurrent }));
