/** Assert: what must hold, or the task fails. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { clipped, isTruthy, renderedText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.execution.Assert',
  title: 'Assert conditions',
  description: 'Fails when one of its conditions does not hold; each of these is an error in the log.',
  properties: properties({
    conditions: dynamic(textOrTexts({ title: 'What must hold', description: 'Expressions, such as `{{ outputs.load.rows > 0 }}`.' })),
    errorMessage: optional(dynamic(text({ title: 'Message of the failure', description: 'Left out: how many conditions did not hold.' }))),
  }),
  metrics: [
    { name: 'success', type: 'counter', description: 'Conditions that hold' },
    { name: 'failed', type: 'counter', description: 'Conditions that do not' },
  ],
  runs: 'inline',
  run: (context) => {
    const given = context.properties['conditions'];
    const conditions: readonly unknown[] = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
    if (conditions.length === 0) throw new TaskFailure('The property "conditions" is empty: give it at least one expression.');
    const failed = conditions.filter((condition) => !isTruthy(context.render(condition).trim()));
    for (const condition of failed) context.log('ERROR', `The assertion does not hold: ${clipped(String(condition))}`);
    context.metric({ type: 'counter', name: 'failed', value: failed.length });
    context.metric({ type: 'counter', name: 'success', value: conditions.length - failed.length });
    if (failed.length === 0) return { type: 'succeeded' };
    return { type: 'failed', message: renderedText(context, 'errorMessage') ?? `${failed.length} of ${conditions.length} assertions failed` };
  },
});
