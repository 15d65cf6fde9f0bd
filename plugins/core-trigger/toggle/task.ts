/** Toggle: a trigger is switched on or off. */
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { asked, namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { renderedBoolean, renderedText, requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.trigger.Toggle',
  aliases: ['io.kestra.core.tasks.trigger.Toggle'],
  title: 'Switch a trigger',
  description: 'Switches a trigger of a flow on or off, as the switch of the Triggers page does.',
  properties: properties({
    namespace: namespaceProperty(),
    flowId: optional(dynamic(text({ title: 'Flow', description: 'Left out: this one.' }))),
    trigger: dynamic(text({ title: 'Id of the trigger' })),
    enabled: optional(dynamic(boolean({ title: 'On or off', default: false }))),
  }),
  runs: 'thread',
  run: async (context) => {
    const enabled = renderedBoolean(context, 'enabled', false);
    const [flowId, triggerId] = [renderedText(context, 'flowId')?.trim() || context.execution.flowId, requiredText(context, 'trigger').trim()];
    await asked(context, { type: 'toggleTrigger', namespace: namespaceOf(context), flowId, triggerId, enabled });
    context.log('INFO', `The trigger ${triggerId} of the flow ${flowId} is ${enabled ? 'on' : 'off'}`);
    return { type: 'succeeded' };
  },
});
