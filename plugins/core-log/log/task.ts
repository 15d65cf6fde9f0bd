/** Log: one line, or several, in the log of the execution. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, logLevel, optional, properties, textOrTexts } from '../../sdk/schema.ts';
import { renderedLevel, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.log.Log',
  aliases: ['io.kestra.core.tasks.log.Log'],
  title: 'Write to the log',
  description: 'Writes one line, or one for each text of a list, into the log of the execution.',
  properties: properties({
    message: dynamic(textOrTexts({ title: 'What to write', description: 'One text, or a list of texts: each becomes a line of its own.' })),
    level: optional(dynamic(logLevel({ title: 'Level of the line', default: 'INFO' }))),
  }),
  runs: 'inline',
  run: (context) => {
    const level = renderedLevel(context, 'level', 'INFO');
    const message = context.properties['message'];
    if (message === undefined || message === null) throw new TaskFailure('The property "message" is missing: give it a text or a list of texts.');
    for (const line of Array.isArray(message) ? message : [message]) context.log(level, context.render(line));
    return { type: 'succeeded' };
  },
});
