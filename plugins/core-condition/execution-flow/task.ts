/** ExecutionFlow: holds when the other execution is of this flow. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.ExecutionFlow',
  aliases: ['io.kestra.plugin.core.condition.ExecutionFlowCondition', 'io.kestra.core.models.conditions.types.ExecutionFlowCondition'],
  title: 'An execution of a flow',
  description: 'Holds when the other execution is of this flow.',
  properties: properties({
    namespace: dynamic(text({ title: 'Namespace of the flow' })),
    flowId: optional(dynamic(text({ title: 'Id of the flow', description: 'Left out: any flow of the namespace.' }))),
  }),
});
