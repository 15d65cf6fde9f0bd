/** PublicHoliday: holds when the date is a public holiday of the country. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.PublicHoliday',
  aliases: ['io.kestra.plugin.core.condition.PublicHolidayCondition', 'io.kestra.core.models.conditions.types.PublicHolidayCondition'],
  title: 'On a public holiday',
  description: 'Holds when the date is a public holiday of the country.',
  properties: properties({
    country: dynamic(text({ title: 'The country', description: 'Two letters, such as `FR` or `DE`.' })),
    subDivision: optional(dynamic(text({ title: 'Its part', description: 'A state or region, such as `BY`.' }))),
    date: optional(dynamic(text({ title: 'The date', description: 'Left out: `{{ trigger.date }}`, the date of the schedule.' }))),
  }),
});
