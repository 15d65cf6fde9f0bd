/** TemplatedTask: a task whose text is made while the execution runs. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.templating.TemplatedTask',
  aliases: ['io.kestra.core.tasks.templating.TemplatedTask'],
  title: 'Run a templated task',
  description: 'Renders a text that describes one task in YAML, and runs that task: for properties that take no expressions, or a type that is only known now.',
  properties: properties({
    spec: dynamic(text({ title: 'The task', description: 'YAML with `type` and its properties; `id` may be left out. Rendered before it is read. Only tasks that a worker runs.' })),
  }),
  runs: 'thread',
  run: (context) => context.runTask(requiredText(context, 'spec')),
});
