/** Fetch: the log of executions, as a file. */
import { Type } from 'typebox';
import { ionLine } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, logLevel, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { renderedLevel, renderedText, renderedTexts } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.log.Fetch',
  aliases: ['io.kestra.core.tasks.log.Fetch'],
  title: 'Fetch logs',
  description: 'Writes lines of logs into a file of rows: of this execution, of another one, or of all executions of a flow or namespace.',
  properties: properties({
    namespace: optional(dynamic(text({ title: 'Namespace', description: 'With the ones below it, or with `flowId` exactly this one.' }))),
    flowId: optional(dynamic(text({ title: 'Flow' }))),
    executionId: optional(dynamic(text({ title: 'Execution', description: 'Left out: this one, unless a namespace or flow is given.' }))),
    tasksId: optional(dynamic(textOrTexts({ title: 'Ids of tasks', description: 'Left out: all of them.' }))),
    level: optional(dynamic(logLevel({ title: 'Lowest level', default: 'INFO' }))),
  }),
  outputs: Type.Object({ size: Type.Integer({ title: 'How many lines' }), uri: Type.String({ title: 'Address of the file' }) }),
  runs: 'thread',
  run: async (context) => {
    const given = (name: string): string | undefined => renderedText(context, name)?.trim() || undefined;
    const [namespace, flowId] = [given('namespace'), given('flowId')];
    const executionId = given('executionId') ?? (namespace === undefined && flowId === undefined ? context.execution.id : undefined);
    const query = {
      taskIds: renderedTexts(context, 'tasksId').map((id) => id.trim()), minLevel: renderedLevel(context, 'level', 'INFO'),
      ...(executionId === undefined ? {} : { executionId }),
      // A flow without a namespace is one of the own namespace.
      ...(namespace === undefined ? (flowId === undefined ? {} : { namespace: context.execution.namespace }) : { namespace }), ...(flowId === undefined ? {} : { flowId }),
    };
    let size = 0;
    const rows = async function* (): AsyncGenerator<string> {
      for await (const { deleted: _deleted, position: _position, ...entry } of context.stores.logs(query)) {
        context.signal.throwIfAborted();
        size += 1;
        yield ionLine(entry);
      }
    };
    const { uri } = await context.files.putStream('logs.ion', rows());
    return { type: 'succeeded', outputs: { size, uri } };
  },
});
