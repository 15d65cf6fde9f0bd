/** Set: values that later executions find again. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, mapOf, optional, properties } from '../../sdk/schema.ts';
import { asked, stateAddress, stateProperties } from '../../sdk/store-properties.ts';
import { isMap, renderedMap } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.state.Set',
  aliases: ['io.kestra.core.tasks.states.Set'],
  title: 'Set a state',
  description: 'Keeps values for later executions of the flow. They are merged over those that are there, map by map.',
  properties: properties({
    ...stateProperties(),
    data: optional(dynamic(mapOf(undefined, { title: 'Values by name', description: 'Texts are rendered, and what they render to is a text.' }))),
  }),
  outputs: Type.Object({ count: Type.Integer({ title: 'How many values it holds now' }), key: Type.String({ title: 'Its key' }) }),
  runs: 'thread',
  run: async (context) => {
    const answer = await asked(context, { type: 'putState', state: stateAddress(context), data: renderedMap(context, 'data') });
    return { type: 'succeeded', outputs: isMap(answer) ? answer : {} };
  },
});
