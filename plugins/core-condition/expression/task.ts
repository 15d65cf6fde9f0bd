/** Expression: a condition written as an expression. */
import { condition } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.Expression',
  aliases: [
    'io.kestra.plugin.core.condition.ExpressionCondition',
    'io.kestra.plugin.core.condition.VariableCondition',
    'io.kestra.core.models.conditions.types.ExpressionCondition',
    'io.kestra.core.models.conditions.types.VariableCondition',
  ],
  title: 'An expression holds',
  description: 'Holds when the expression renders to exactly `true`.',
  properties: properties({
    expression: dynamic(text({ title: 'The expression', examples: ['{{ trigger.body.kind == "order" }}'] })),
  }),
});
