/** Fail: ends the execution with a failure, always or on a condition. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { isTruthy, renderedText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.execution.Fail',
  aliases: ['io.kestra.core.tasks.executions.Fail'],
  title: 'Fail the execution',
  description: 'Fails, always or when a condition holds. Error branches and `allowFailure` apply as for any failure.',
  properties: properties({
    condition: optional(dynamic(text({ title: 'When to fail', description: 'Fails unless it renders to `false`, `0`, `-0` or an empty text. Left out: always fails.', examples: ['{{ outputs.count.value == "0" }}'] }))),
    errorMessage: optional(dynamic(text({ title: 'Why it fails', description: 'Written to the log as an error.', default: 'Task failure' }))),
  }),
  runs: 'inline',
  run: (context) => {
    const errorMessage = renderedText(context, 'errorMessage') ?? 'Task failure';
    const condition = renderedText(context, 'condition');
    if (condition === undefined) return { type: 'failed', message: errorMessage };
    if (!isTruthy(condition)) return { type: 'succeeded' };
    context.log('ERROR', errorMessage);
    return { type: 'failed', message: 'Fail on a condition' };
  },
});
