/** Sleep: waits for a time. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, duration, properties } from '../../sdk/schema.ts';
import { durationOf, requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.flow.Sleep',
  title: 'Wait for a time',
  description: 'Waits, then succeeds. It holds a place of the worker meanwhile: for hours use Pause with `pauseDuration`.',
  properties: properties({
    duration: dynamic(duration({ title: 'How long', description: 'An ISO-8601 duration.', examples: ['PT5S'] })),
  }),
  runs: 'thread',
  run: async (context) => {
    await context.sleep(durationOf(requiredText(context, 'duration').trim(), 'duration'));
    return { type: 'succeeded' };
  },
});
