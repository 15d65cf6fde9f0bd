/** PurgeKV: keys of namespaces go, those that have expired or all that match. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, group, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { asked } from '../../sdk/store-properties.ts';
import { clipped, isMap, renderedBoolean, renderedText, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.kv.PurgeKV',
  title: 'Purge KV pairs',
  description: 'Removes KV pairs of namespaces: those whose time is over or, when told so, all whose key matches.',
  properties: properties({
    namespaces: optional(dynamic(textOrTexts({ title: 'Namespaces', description: 'Left out: that of the flow.' }))),
    namespacePattern: optional(dynamic(text({ title: 'Glob of namespaces', description: 'Such as `team.*`. In the place of `namespaces`.' }))),
    keyPattern: optional(dynamic(text({ title: 'Glob of keys', description: 'Left out: every key.' }))),
    includeChildNamespaces: optional(dynamic(boolean({ title: 'Also the namespaces below', default: true }))),
    behavior: optional(group({
      type: optional(text({ title: 'Kind', description: '`key`.' })),
      expiredOnly: optional(dynamic(boolean({ title: 'Only those whose time is over', default: true }))),
    }, { title: 'What goes', description: 'With `expiredOnly: false` everything that matches.' })),
  }),
  outputs: Type.Object({ size: Type.Integer({ title: 'How many went' }) }),
  runs: 'thread',
  run: async (context) => {
    const behavior = isMap(context.properties['behavior']) ? context.properties['behavior'] : {};
    const kind = String(behavior['type'] ?? 'key');
    if (!/(^|\.)key$/i.test(kind)) throw new TaskFailure(`The property "behavior.type" is "${clipped(kind)}": expected "key".`);
    const given = renderedTexts(context, 'namespaces').map((one) => one.trim()).filter((one) => one !== '');
    const pattern = renderedText(context, 'namespacePattern')?.trim();
    if (given.length > 0 && pattern !== undefined && pattern !== '') throw new TaskFailure('Both "namespaces" and "namespacePattern" are given: expected one of them.');
    const keyPattern = renderedText(context, 'keyPattern')?.trim();
    const size = await asked(context, {
      type: 'purgeKv', includeChildNamespaces: renderedBoolean(context, 'includeChildNamespaces', true),
      namespaces: pattern !== undefined && pattern !== '' ? [pattern] : given.length > 0 ? given : [context.execution.namespace],
      ...(keyPattern === undefined || keyPattern === '' ? {} : { keyPattern }),
      expiredOnly: renderedBoolean({ ...context, properties: behavior }, 'expiredOnly', true),
    });
    return { type: 'succeeded', outputs: { size: Number(size ?? 0) } };
  },
});
