/** ScheduleOnDates: starts executions at dates of a list. */
import { Type } from 'typebox';
import { trigger } from '../../sdk/index.ts';
import { choice, conditions, duration, optional, properties, text, texts } from '../../sdk/schema.ts';

export const plugin = trigger({
  type: 'io.kestra.plugin.core.trigger.ScheduleOnDates',
  aliases: ['io.kestra.core.models.triggers.types.ScheduleOnDates'],
  title: 'Start at certain dates',
  description: 'Starts an execution at each date of a list. While one of its executions runs, the next date waits.',
  properties: properties({
    dates: texts({ title: 'The dates', description: 'ISO dates with time; one without an offset is in `timezone`.' }),
    timezone: optional(text({ title: 'Time zone', description: 'A name such as `Europe/Paris`. Left out: that of the server.' })),
    lateMaximumDelay: optional(duration({ title: 'How late at most', description: 'A date that could not be served within this time is left out.' })),
    recoverMissedSchedules: optional(choice(['ALL', 'LAST', 'NONE'], { title: 'Dates missed while the server was down', description: 'ALL serves each, LAST only the last, NONE none.', default: 'ALL' })),
    scheduleConditions: optional(conditions({ title: 'Conditions', description: 'Earlier name of `conditions`.', deprecated: true })),
  }),
  outputs: Type.Object({
    date: Type.String({ title: 'The date it was due' }),
    next: Type.Optional(Type.String({ title: 'The next date' })),
    previous: Type.Optional(Type.String({ title: 'The date before' })),
  }),
  triggerKind: 'SCHEDULE',
});
