/** PollingTrigger: finds something as often as it is told to. */
import { Type } from 'typebox';
import { pollingTrigger } from '../../sdk/index.ts';
import { duration, dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = pollingTrigger({
  type: 'io.ensemble.plugin.test.PollingTrigger',
  title: 'Finds what it is told to find',
  description: 'Renders `find` at each interval: a text is something found, an empty one nothing, `fail` an error.',
  properties: properties({
    interval: optional(duration({ title: 'How often', default: 'PT1S' })),
    find: dynamic(text({ title: 'What it finds' })),
  }),
  outputs: Type.Object({ value: Type.String({ title: 'What it has found' }) }),
  evaluate: async (context) => {
    const value = context.render(context.properties['find']);
    if (value === 'fail') return { type: 'failed', message: 'There is nothing to look into' };
    if (value === '') return { type: 'nothing' };
    context.log('INFO', `found ${value}`);
    return { type: 'fired', variables: { value } };
  },
});
