/** Or: holds when at least one of its conditions holds. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { conditions, properties } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.Or',
  aliases: ['io.kestra.plugin.core.condition.OrCondition', 'io.kestra.core.models.conditions.types.OrCondition'],
  title: 'One of them',
  description: 'Holds when at least one of its conditions holds.',
  properties: properties({
    conditions: conditions({ title: 'The conditions' }),
  }),
});
