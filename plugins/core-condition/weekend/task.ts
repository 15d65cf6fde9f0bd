/** Weekend: holds when the date is a Saturday or a Sunday. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.Weekend',
  aliases: ['io.kestra.plugin.core.condition.WeekendCondition', 'io.kestra.core.models.conditions.types.WeekendCondition'],
  title: 'On a weekend',
  description: 'Holds when the date is a Saturday or a Sunday.',
  properties: properties({
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
  }),
});
