/** ExecutionLabels: holds when the other execution has all these labels. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { anything, dynamic, properties } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.ExecutionLabels',
  aliases: ['io.kestra.plugin.core.condition.ExecutionLabelsCondition', 'io.kestra.core.models.conditions.types.ExecutionLabelsCondition'],
  title: 'An execution with labels',
  description: 'Holds when the other execution has all these labels.',
  properties: properties({
    labels: dynamic(anything({ title: 'The labels', description: 'A map, or a list of `{key, value}`.' })),
  }),
});
