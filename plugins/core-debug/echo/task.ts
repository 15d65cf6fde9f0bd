/** Echo: the old way to write a line into the log. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, logLevel, optional, properties, text } from '../../sdk/schema.ts';
import { renderedLevel, renderedText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.debug.Echo',
  aliases: ['io.kestra.core.tasks.debugs.Echo'],
  title: 'Echo a text (deprecated)',
  description: 'Writes a text into the log. Use `io.kestra.plugin.core.log.Log` instead.',
  deprecated: true,
  properties: properties({
    format: optional(dynamic(text({ title: 'The text to write' }))),
    level: optional(dynamic(logLevel({ title: 'Level of the line', default: 'INFO' }))),
  }),
  runs: 'inline',
  run: (context) => {
    context.log(renderedLevel(context, 'level', 'INFO'), renderedText(context, 'format') ?? '');
    return { type: 'succeeded' };
  },
});
