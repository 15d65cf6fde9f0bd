/** Switch: keys compare as text; without a case and without defaults it fails. */
import { enabled } from '../flow-index.ts';
import type { Plan } from '../plan.ts';
import { FlowableError, type Flowable, type FlowableContext } from './flowable.ts';

function chosen({ task }: FlowableContext, value: string): { readonly plan: Plan; readonly matched: boolean } | undefined {
  const { children } = task;
  if (children.type !== 'cases') return undefined;
  const found = Object.hasOwn(children.cases, value) ? children.cases[value] : undefined;
  const tasks = found ?? (children.defaults.length > 0 ? children.defaults : undefined);
  return tasks === undefined ? undefined : { plan: { type: 'sequence', tasks: enabled(tasks) }, matched: found !== undefined };
}

export const switchCase: Flowable = {
  start: (context) => {
    const value = context.render(context.task.properties['value']) ?? '';
    const choice = chosen(context, value);
    if (choice === undefined) throw new FlowableError(`No task found for the value \`${value}\`: no case matches and there are no defaults`);
    return { plan: choice.plan, outputs: { value, defaults: !choice.matched } };
  },
  resume: (context) => chosen(context, String(context.taskRun.outputs?.['value'] ?? ''))?.plan ?? { type: 'sequence', tasks: [] },
};
