/** FlowNamespaceCondition: holds when the flow is of this namespace: the other execution's in a Flow trigger, the own one elsewhere. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { boolean, choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.FlowNamespaceCondition',
  aliases: ['io.kestra.plugin.core.condition.FlowNamespace', 'io.kestra.core.models.conditions.types.FlowNamespaceCondition'],
  title: 'A flow of a namespace',
  description: 'Holds when the flow is of this namespace: the other execution\'s in a Flow trigger, the own one elsewhere.',
  properties: properties({
    namespace: dynamic(text({ title: 'The namespace' })),
    comparison: optional(choice(['EQUALS', 'PREFIX', 'SUFFIX'], { title: 'How it is compared', default: 'EQUALS' })),
    prefix: optional(boolean({ title: 'Only its beginning', description: 'Earlier form of `comparison: PREFIX`.', deprecated: true })),
  }),
});
