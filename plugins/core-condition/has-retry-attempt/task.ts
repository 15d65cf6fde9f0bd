/** HasRetryAttempt: holds when a task run of the other execution has an attempt in one of these states. Evaluated by core/engine/triggers/conditions.ts. */
import { condition } from '../../sdk/index.ts';
import { optional, properties, texts } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.HasRetryAttempt',
  aliases: ['io.kestra.plugin.core.condition.HasRetryAttemptCondition', 'io.kestra.core.models.conditions.types.HasRetryAttemptCondition'],
  title: 'A task was tried again',
  description: 'Holds when a task run of the other execution has an attempt in one of these states.',
  properties: properties({
    in: optional(texts({ title: 'One of these states' })),
    notIn: optional(texts({ title: 'None of these states' })),
  }),
});
