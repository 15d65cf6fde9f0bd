/** ExecutionNamespace: holds when the other execution is of this namespace. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { boolean, choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.ExecutionNamespace',
  aliases: ['io.kestra.plugin.core.condition.ExecutionNamespaceCondition', 'io.kestra.core.models.conditions.types.ExecutionNamespaceCondition'],
  title: 'An execution of a namespace',
  description: 'Holds when the other execution is of this namespace.',
  properties: properties({
    namespace: dynamic(text({ title: 'The namespace' })),
    comparison: optional(choice(['EQUALS', 'PREFIX', 'SUFFIX'], { title: 'How it is compared', default: 'EQUALS' })),
    prefix: optional(boolean({ title: 'Only its beginning', description: 'Earlier form of `comparison: PREFIX`.', deprecated: true })),
  }),
});
