/** PurgeLogs: lines of logs go, for good. */
import { Type } from 'typebox';
import { isLogLevel, logLevels, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { asked, dateMs } from '../../sdk/store-properties.ts';
import { clipped, renderedText, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.log.PurgeLogs',
  aliases: ['io.kestra.core.tasks.log.PurgeLogs'],
  title: 'Purge logs',
  description: 'Deletes lines of logs up to a date; those of executions that have not ended stay. Their disk space is given back.',
  properties: properties({
    namespace: optional(dynamic(text({ title: 'Namespace', description: 'With the ones below it, or with `flowId` exactly this one. Left out: every namespace.' }))),
    flowId: optional(dynamic(text({ title: 'Flow' }))),
    executionId: optional(dynamic(text({ title: 'Execution' }))),
    logLevels: optional(dynamic(textOrTexts({ title: 'Levels', description: 'Left out: all of them.' }))),
    startDate: optional(dynamic(text({ title: 'From this date on', description: 'An ISO date, such as `2024-12-31T10:00:00Z`.' }))),
    endDate: dynamic(text({ title: 'Up to this date', description: 'Such as `{{ now() | dateAdd(-1, \'MONTHS\') }}`.' })),
  }),
  outputs: Type.Object({ count: Type.Integer({ title: 'How many lines went' }) }),
  runs: 'thread',
  run: async (context) => {
    const given = (name: string): string | undefined => renderedText(context, name)?.trim() || undefined;
    const [namespace, flowId, executionId] = [given('namespace'), given('flowId'), given('executionId')];
    const [startMs, endMs] = [dateMs(context, 'startDate'), dateMs(context, 'endDate')];
    if (endMs === undefined) throw new TaskFailure('The property "endDate" is missing: give it the date up to which lines go.');
    const levels = renderedTexts(context, 'logLevels').map((level): LogLevel => {
      const name = level.trim().toUpperCase();
      if (!isLogLevel(name)) throw new TaskFailure(`The property "logLevels" has "${clipped(level)}": expected ${logLevels.join(', ')}.`);
      return name;
    });
    const count = await asked(context, {
      type: 'purgeLogs',
      query: {
        levels, endMs, ...(startMs === undefined ? {} : { startMs }), ...(executionId === undefined ? {} : { executionId }), ...(flowId === undefined ? {} : { flowId }),
        ...(namespace === undefined ? (flowId === undefined ? {} : { namespace: context.execution.namespace }) : { namespace }),
      },
    });
    context.log('INFO', `${Number(count ?? 0)} lines were deleted`);
    return { type: 'succeeded', outputs: { count: Number(count ?? 0) } };
  },
});
