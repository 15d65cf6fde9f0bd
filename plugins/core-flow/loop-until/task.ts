/** LoopUntil: its tasks run again and again until a condition holds. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { boolean, branches, dynamic, duration, group, integer, optional, properties, tasks, text } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.LoopUntil',
  aliases: ['io.kestra.plugin.core.flow.WaitFor', 'io.kestra.core.tasks.flows.WaitFor'],
  title: 'Repeat tasks until a condition holds',
  description: 'Runs its tasks, looks at the condition, and waits before it runs them again. The task run pauses meanwhile, so a wait costs nothing. A failing task ends the loop.',
  properties: properties({
    condition: dynamic(text({ title: 'When to stop', description: 'Rendered after each round: false, 0 and an empty text go on, anything else stops.' })),
    tasks: tasks({ title: 'Tasks of a round' }),
    checkFrequency: optional(group({
      interval: optional(dynamic(duration({ title: 'Time between two rounds', description: 'One minute when left out (one second at language level 0.20).' }))),
      maxIterations: optional(dynamic(integer({ title: 'How many rounds at most', description: 'No limit when left out (100 at language level 0.20).', minimum: 1 }))),
      maxDuration: optional(dynamic(duration({ title: 'How long at most', description: 'No limit when left out (one hour at language level 0.20).' }))),
    }, { title: 'How often and how long' })),
    failOnMaxReached: optional(dynamic(boolean({ title: 'Fail at the maximum', description: 'With `false` the task succeeds though the condition has never held.', default: false }))),
    ...branches(),
  }),
  outputs: Type.Object({ iterationCount: Type.Integer({ title: 'Number of the round, from 1' }) }),
  flowable: 'loopUntil',
});
