/** TaskWithAlias: known under two names. */
import { runnable } from '../../sdk/index.ts';
import { properties, text } from '../../sdk/schema.ts';
import { requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.core.runners.test.TaskWithAlias',
  aliases: ['io.kestra.core.runners.test.task.Alias'],
  title: 'Log under two names',
  description: 'Writes a line into the log. It can be called by its alias, too.',
  properties: properties({ message: text({ title: 'What to write' }) }),
  runs: 'inline',
  run: (context) => {
    context.log('INFO', requiredText(context, 'message'));
    return { type: 'succeeded' };
  },
});
