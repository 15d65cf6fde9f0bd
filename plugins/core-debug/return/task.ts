/** Return: an expression's value as an output, to look at it or to hand it on. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { renderedText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.debug.Return',
  aliases: ['io.kestra.core.tasks.debugs.Return'],
  title: 'Return a value',
  description: 'Renders a text and gives it back as the output `value`. Made for trying expressions out.',
  properties: properties({
    format: optional(dynamic(text({ title: 'The text to render', description: 'Without it the task has no output.' }))),
  }),
  outputs: Type.Object({ value: Type.Optional(Type.String({ title: 'The rendered text' })) }),
  metrics: [
    { name: 'length', type: 'counter', description: 'Characters of the rendered text' },
    { name: 'duration', type: 'timer', description: 'How long rendering took' },
  ],
  runs: 'inline',
  run: (context) => {
    const startMs = context.nowMs();
    const value = renderedText(context, 'format');
    context.log('DEBUG', value ?? 'null');
    context.metric({ type: 'counter', name: 'length', value: value?.length ?? 0 });
    context.metric({ type: 'timer', name: 'duration', value: context.nowMs() - startMs });
    return { type: 'succeeded', outputs: value === undefined ? {} : { value } };
  },
});
