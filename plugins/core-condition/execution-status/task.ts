/** ExecutionStatus: holds when the state of the other execution is one of a list, or none of another one. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { optional, properties, texts } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.ExecutionStatus',
  aliases: ['io.kestra.plugin.core.condition.ExecutionStatusCondition', 'io.kestra.core.models.conditions.types.ExecutionStatusCondition'],
  title: 'An execution in a state',
  description: 'Holds when the state of the other execution is one of a list, or none of another one.',
  properties: properties({
    in: optional(texts({ title: 'One of these states' })),
    notIn: optional(texts({ title: 'None of these states' })),
  }),
});
