/** Delete: a state is forgotten. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties } from '../../sdk/schema.ts';
import { asked, stateAddress, stateProperties } from '../../sdk/store-properties.ts';
import { clipped, renderedBoolean, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.state.Delete',
  aliases: ['io.kestra.core.tasks.states.Delete'],
  title: 'Delete a state',
  description: 'Forgets all values of a state.',
  properties: properties({
    ...stateProperties(),
    errorOnMissing: optional(dynamic(boolean({ title: 'Fail when there is none', default: false }))),
  }),
  outputs: Type.Object({ deleted: Type.Boolean({ title: 'Whether it was there' }) }),
  runs: 'thread',
  run: async (context) => {
    const address = stateAddress(context);
    const deleted = await asked(context, { type: 'deleteState', state: address }) === true;
    if (!deleted && renderedBoolean(context, 'errorOnMissing', false)) throw new TaskFailure(`There is no state "${clipped(address.name)}", and "errorOnMissing" is true.`);
    return { type: 'succeeded', outputs: { deleted } };
  },
});
