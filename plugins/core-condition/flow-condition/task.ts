/** FlowCondition: holds when the flow is this one: the other execution's in a Flow trigger, the own one elsewhere. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.FlowCondition',
  aliases: ['io.kestra.plugin.core.condition.Flow', 'io.kestra.core.models.conditions.types.FlowCondition'],
  title: 'A certain flow',
  description: 'Holds when the flow is this one: the other execution\'s in a Flow trigger, the own one elsewhere.',
  properties: properties({
    namespace: dynamic(text({ title: 'Namespace of the flow' })),
    flowId: dynamic(text({ title: 'Id of the flow' })),
  }),
});
