/** Resume: lets a paused execution go on. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, mapOf, optional, properties, text } from '../../sdk/schema.ts';
import { renderedMap, renderedText, requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.execution.Resume',
  aliases: ['io.kestra.core.tasks.executions.Resume'],
  title: 'Resume a paused execution',
  description: 'Lets another execution that stands at a Pause go on, with the inputs its `onResume` asks for. Fails when it is not paused.',
  properties: properties({
    executionId: dynamic(text({ title: 'The paused execution', description: 'Its id.' })),
    namespace: optional(dynamic(text({ title: 'Its namespace', description: 'When given, the execution must be one of this namespace.' }))),
    flowId: optional(dynamic(text({ title: 'Its flow', description: 'When given, the execution must be one of this flow.' }))),
    inputs: optional(dynamic(mapOf(undefined, { title: 'Inputs of `onResume`', description: 'Values by input id; checked as in the resume form.' }))),
  }),
  runs: 'thread',
  run: async (context) => {
    const namespace = renderedText(context, 'namespace');
    const flowId = renderedText(context, 'flowId');
    const executionId = requiredText(context, 'executionId');
    const answer = await context.request({
      type: 'resumeExecution',
      executionId,
      inputs: renderedMap(context, 'inputs'),
      ...(namespace === undefined ? {} : { namespace }),
      ...(flowId === undefined ? {} : { flowId }),
    });
    return answer.ok ? { type: 'succeeded' } : { type: 'failed', message: answer.message ?? `The execution "${executionId}" could not be resumed.` };
  },
});
