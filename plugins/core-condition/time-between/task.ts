/** TimeBetween: holds when the time of the date is after one time of day and before another one. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.TimeBetween',
  aliases: ['io.kestra.plugin.core.condition.TimeBetweenCondition', 'io.kestra.core.models.conditions.types.TimeBetweenCondition'],
  title: 'Between two times of day',
  description: 'Holds when the time of the date is after one time of day and before another one.',
  properties: properties({
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
    after: optional(dynamic(text({ title: 'After', description: 'Such as `08:00:00` or `08:00:00+02:00`; without an offset it is in the zone of the date.' }))),
    before: optional(dynamic(text({ title: 'Before' }))),
  }),
});
