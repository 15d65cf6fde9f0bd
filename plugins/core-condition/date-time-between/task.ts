/** DateTimeBetween: holds when the date is after one moment and before another one. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.DateTimeBetween',
  aliases: ['io.kestra.plugin.core.condition.DateTimeBetweenCondition', 'io.kestra.core.models.conditions.types.DateTimeBetweenCondition'],
  title: 'Between two moments',
  description: 'Holds when the date is after one moment and before another one.',
  properties: properties({
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
    after: optional(dynamic(text({ title: 'After', description: 'A date with time; without an offset it is in the zone of the date.' }))),
    before: optional(dynamic(text({ title: 'Before' }))),
  }),
});
