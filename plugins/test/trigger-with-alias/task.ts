/** TriggerWithAlias: a trigger that never starts anything. */
import { pollingTrigger } from '../../sdk/index.ts';
import { properties } from '../../sdk/schema.ts';

export const plugin = pollingTrigger({
  type: 'io.kestra.core.runners.test.TriggerWithAlias',
  aliases: ['io.kestra.core.runners.test.trigger.Alias'],
  title: 'A trigger under two names',
  description: 'Is looked at every hour and never starts an execution.',
  properties: properties({}),
  evaluate: async () => ({ type: 'nothing' }),
});
