/** MultipleCondition: holds when all its conditions have been met, each by some execution, in one stretch of time. Evaluated by core/engine/triggers/conditions.ts. */
import { Type } from 'typebox';
import { condition } from '../../sdk/index.ts';
import { boolean, duration, optional, properties, text, timeWindow } from '../../sdk/schema.ts';

export const plugin = condition({
  type: 'io.kestra.plugin.core.condition.MultipleCondition',
  aliases: ['io.kestra.core.models.conditions.types.MultipleCondition'],
  title: 'Several executions in a stretch of time',
  description: 'Holds when all its conditions have been met, each by some execution, in one stretch of time.',
  properties: properties({
    id: optional(text({ title: 'Its name', description: 'What has been met is kept under this name.' })),
    conditions: Type.Unsafe<unknown>({ type: 'object', additionalProperties: { type: 'object' }, $conditions: true, title: 'The conditions', description: 'A condition for each name.' }),
    window: optional(duration({ title: 'How long results count', description: 'Windows of this length stand side by side.', default: 'P1D' })),
    windowAdvance: optional(duration({ title: 'Where windows begin', description: 'After the beginning of a day, an hour or a minute.' })),
    timeWindow: optional(timeWindow()),
    resetOnSuccess: optional(boolean({ title: 'Begin anew when it has held', description: 'With `false` every further execution that meets a condition fires again.', default: true })),
  }),
});
