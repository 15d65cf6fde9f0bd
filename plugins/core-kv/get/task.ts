/** Get: the value of a key. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { clipped, renderedBoolean, requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.kv.Get',
  aliases: ['io.kestra.core.tasks.kv.Get'],
  title: 'Get a KV pair',
  description: 'Gives out the value that is kept under a key of a namespace.',
  properties: properties({
    key: dynamic(text({ title: 'Key' })),
    namespace: namespaceProperty(),
    errorOnMissing: optional(dynamic(boolean({ title: 'Fail when there is none', default: false }))),
  }),
  outputs: Type.Object({ value: Type.Unsafe<unknown>({ title: 'The value; null when there is none' }) }),
  runs: 'thread',
  run: async (context) => {
    const key = requiredText(context, 'key').trim();
    const namespace = namespaceOf(context);
    const pair = context.stores.kv(namespace, key);
    if (pair === undefined && renderedBoolean(context, 'errorOnMissing', false)) throw new TaskFailure(`No value found for the key "${clipped(key)}" in the namespace "${clipped(namespace)}", and "errorOnMissing" is true.`);
    return { type: 'succeeded', outputs: { value: pair?.value ?? null } };
  },
});
