/** DayWeekInMonth: holds when the date is the first, second, third, fourth or last such day of its month. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.DayWeekInMonth',
  aliases: ['io.kestra.plugin.core.condition.DayWeekInMonthCondition', 'io.kestra.core.models.conditions.types.DayWeekInMonthCondition'],
  title: 'On the first Monday of the month',
  description: 'Holds when the date is the first, second, third, fourth or last such day of its month.',
  properties: properties({
    dayOfWeek: dynamic(choice(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'], { title: 'The day' })),
    dayInMonth: dynamic(choice(['FIRST', 'SECOND', 'THIRD', 'FOURTH', 'LAST'], { title: 'Which one of the month' })),
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
  }),
});
