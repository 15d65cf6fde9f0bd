/** Not: holds when none of its conditions holds. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { conditions, properties } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.Not',
  aliases: ['io.kestra.plugin.core.condition.NotCondition', 'io.kestra.core.models.conditions.types.NotCondition'],
  title: 'None of them',
  description: 'Holds when none of its conditions holds.',
  properties: properties({
    conditions: conditions({ title: 'The conditions' }),
  }),
});
