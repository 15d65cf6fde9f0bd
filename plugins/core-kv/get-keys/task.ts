/** GetKeys: the keys of a namespace. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { renderedText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.kv.GetKeys',
  aliases: ['io.kestra.core.tasks.kv.GetKeys'],
  title: 'List keys of KV pairs',
  description: 'Gives out the keys of a namespace, all or those that begin with a text.',
  properties: properties({
    prefix: optional(dynamic(text({ title: 'How the keys begin', description: 'Left out: all keys.' }))),
    namespace: namespaceProperty(),
  }),
  outputs: Type.Object({ keys: Type.Array(Type.String(), { title: 'The keys, in order' }) }),
  runs: 'thread',
  run: async (context) => {
    const prefix = renderedText(context, 'prefix') ?? '';
    return { type: 'succeeded', outputs: { keys: context.stores.kvKeys(namespaceOf(context)).filter((key) => key.startsWith(prefix)) } };
  },
});
