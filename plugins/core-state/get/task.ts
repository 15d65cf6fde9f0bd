/** Get: what a state holds. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties } from '../../sdk/schema.ts';
import { stateAddress, stateProperties } from '../../sdk/store-properties.ts';
import { clipped, renderedBoolean, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.state.Get',
  aliases: ['io.kestra.core.tasks.states.Get'],
  title: 'Get a state',
  description: 'Gives out the values that an earlier execution has kept with `state.Set`.',
  properties: properties({
    ...stateProperties(),
    errorOnMissing: optional(dynamic(boolean({ title: 'Fail when there is none', default: false }))),
  }),
  outputs: Type.Object({
    count: Type.Integer({ title: 'How many values it holds' }),
    key: Type.Optional(Type.String({ title: 'Its key, when there is one' })),
    data: Type.Unsafe<unknown>({ type: 'object', title: 'The values by name; empty when there is none' }),
  }),
  runs: 'thread',
  run: async (context) => {
    const address = stateAddress(context);
    const state = context.stores.state(address);
    if (state === undefined && renderedBoolean(context, 'errorOnMissing', false)) throw new TaskFailure(`There is no state "${clipped(address.name)}", and "errorOnMissing" is true.`);
    const data = state?.data ?? {};
    return { type: 'succeeded', outputs: { count: Object.keys(data).length, data, ...(state === undefined ? {} : { key: state.key }) } };
  },
});
