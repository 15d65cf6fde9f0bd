/** PurgeExecutions: ended executions go, with what they have left. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { asked, dateMs } from '../../sdk/store-properties.ts';
import { isMap, renderedBoolean, renderedText, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.execution.PurgeExecutions',
  aliases: ['io.kestra.core.tasks.storages.Purge', 'io.kestra.plugin.core.storage.Purge'],
  title: 'Purge executions',
  description: 'Deletes ended executions that began before a date, with logs, metrics and files as told. Their disk space is given back.',
  properties: properties({
    namespace: optional(dynamic(text({ title: 'Namespace', description: 'With the ones below it, or with `flowId` exactly this one. Left out: every namespace.' }))),
    flowId: optional(dynamic(text({ title: 'Flow' }))),
    startDate: optional(dynamic(text({ title: 'Began from this date on', description: 'An ISO date, such as `2024-12-31T10:00:00Z`.' }))),
    endDate: dynamic(text({ title: 'Began up to this date', description: 'Such as `{{ now() | dateAdd(-1, \'MONTHS\') }}`.' })),
    states: optional(dynamic(textOrTexts({ title: 'States', description: 'Left out: every state in which an execution has ended. One that has not ended is never deleted.' }))),
    purgeExecution: optional(dynamic(boolean({ title: 'Delete the executions', default: true }))),
    purgeLog: optional(dynamic(boolean({ title: 'Delete their logs', default: true }))),
    purgeMetric: optional(dynamic(boolean({ title: 'Delete their metrics', default: true }))),
    purgeStorage: optional(dynamic(boolean({ title: 'Delete their files', default: true }))),
  }),
  outputs: Type.Object({
    executionsCount: Type.Integer({ title: 'Executions that went' }),
    logsCount: Type.Integer({ title: 'Log lines that went' }),
    metricsCount: Type.Integer({ title: 'Metrics that went' }),
    storagesCount: Type.Integer({ title: 'Executions whose files went' }),
  }),
  runs: 'thread',
  run: async (context) => {
    const given = (name: string): string | undefined => renderedText(context, name)?.trim() || undefined;
    const [namespace, flowId] = [given('namespace'), given('flowId')];
    const [startMs, endMs] = [dateMs(context, 'startDate'), dateMs(context, 'endDate')];
    if (endMs === undefined) throw new TaskFailure('The property "endDate" is missing: give it the date up to which executions go.');
    const counts = await asked(context, {
      type: 'purgeExecutions',
      query: {
        states: renderedTexts(context, 'states').map((state) => state.trim().toUpperCase()), endMs, ...(startMs === undefined ? {} : { startMs }), ...(flowId === undefined ? {} : { flowId }),
        ...(namespace === undefined ? (flowId === undefined ? {} : { namespace: context.execution.namespace }) : { namespace }),
      },
      executions: renderedBoolean(context, 'purgeExecution', true), logs: renderedBoolean(context, 'purgeLog', true),
      metrics: renderedBoolean(context, 'purgeMetric', true), files: renderedBoolean(context, 'purgeStorage', true),
    });
    const outputs = isMap(counts) ? counts : {};
    context.log('INFO', `${String(outputs['executionsCount'] ?? 0)} executions were deleted`);
    return { type: 'succeeded', outputs };
  },
});
