/** Schedule: starts executions by the clock. */
import { Type } from 'typebox';
import { trigger } from '../../sdk/index.ts';
import { anything, boolean, choice, conditions, dynamic, duration, mapOf, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = trigger({
  type: 'io.kestra.plugin.core.trigger.Schedule',
  aliases: ['io.kestra.core.models.triggers.types.Schedule'],
  title: 'Start by the clock',
  description: 'Starts an execution at every date of a cron expression. While one of its executions runs, the next date waits.',
  properties: properties({
    cron: text({ title: 'When', description: 'Five fields: minute, hour, day of month, month, day of week; six with `withSeconds`; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.', examples: ['0 9 * * 1-5', '*/15 * * * *'] }),
    timezone: optional(text({ title: 'Time zone', description: 'A name such as `Europe/Paris`. Left out: that of the server.' })),
    withSeconds: optional(boolean({ title: 'The first field is seconds', default: false })),
    inputs: optional(dynamic(mapOf(undefined, { title: 'Inputs of the executions', description: 'Values by input id.' }))),
    lateMaximumDelay: optional(duration({ title: 'How late at most', description: 'A date that could not be served within this time is left out.' })),
    recoverMissedSchedules: optional(choice(['ALL', 'LAST', 'NONE'], { title: 'Dates missed while the server was down', description: 'ALL serves each, LAST only the last, NONE none.', default: 'ALL' })),
    scheduleConditions: optional(conditions({ title: 'Conditions', description: 'Earlier name of `conditions`.', deprecated: true })),
    backfill: optional(anything({ title: 'Backfill', description: 'Accepted from old flows; start a backfill from the Triggers page.', deprecated: true })),
  }),
  outputs: Type.Object({
    date: Type.String({ title: 'The date it was due' }),
    next: Type.Optional(Type.String({ title: 'The next date' })),
    previous: Type.Optional(Type.String({ title: 'The date before' })),
  }),
  triggerKind: 'SCHEDULE',
});
