/** ExecutionOutputs: holds when the expression renders to exactly `true`; `trigger.outputs` are the outputs of the other flow. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.ExecutionOutputs',
  aliases: ['io.kestra.plugin.core.condition.ExecutionOutputsCondition', 'io.kestra.core.models.conditions.types.ExecutionOutputsCondition'],
  title: 'An execution with such outputs',
  description: 'Holds when the expression renders to exactly `true`; `trigger.outputs` are the outputs of the other flow.',
  properties: properties({
    expression: dynamic(text({ title: 'The expression', examples: ['{{ trigger.outputs.count > 10 }}'] })),
  }),
});
