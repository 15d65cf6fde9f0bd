/** DayWeek: holds when the date is on this day of the week. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.DayWeek',
  aliases: ['io.kestra.plugin.core.condition.DayWeekCondition', 'io.kestra.core.models.conditions.types.DayWeekCondition'],
  title: 'On a day of the week',
  description: 'Holds when the date is on this day of the week.',
  properties: properties({
    dayOfWeek: dynamic(choice(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'], { title: 'The day' })),
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
  }),
});
