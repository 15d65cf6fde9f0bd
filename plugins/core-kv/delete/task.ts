/** Delete: a key of a namespace goes. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { asked, namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { clipped, renderedBoolean, requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.kv.Delete',
  aliases: ['io.kestra.core.tasks.kv.Delete'],
  title: 'Delete a KV pair',
  description: 'Removes a key of a namespace with its value.',
  properties: properties({
    key: dynamic(text({ title: 'Key' })),
    namespace: namespaceProperty(),
    errorOnMissing: optional(dynamic(boolean({ title: 'Fail when there is none', default: false }))),
  }),
  outputs: Type.Object({ deleted: Type.Boolean({ title: 'Whether it was there' }) }),
  runs: 'thread',
  run: async (context) => {
    const key = requiredText(context, 'key').trim();
    const namespace = namespaceOf(context);
    const deleted = await asked(context, { type: 'deleteKv', namespace, key }) === true;
    if (!deleted && renderedBoolean(context, 'errorOnMissing', false)) throw new TaskFailure(`No value found for the key "${clipped(key)}" in the namespace "${clipped(namespace)}", and "errorOnMissing" is true.`);
    return { type: 'succeeded', outputs: { deleted } };
  },
});
