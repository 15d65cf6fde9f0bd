/** Loop: an execution of its tasks for each item. */
import { Type } from 'typebox';
import { items } from '../../sdk/index.ts';
import { anything, boolean, branches, choice, dynamic, integer, listOf, optional, properties, tasks } from '../../sdk/schema.ts';

export const plugin = items({
  type: 'io.kestra.plugin.core.flow.Loop',
  title: 'Run tasks for each item',
  description: 'Starts an execution of its tasks for each item of a list, a map or a file. Inside, `item.value`, `item.index` and `item.key` say which one it is, and `outputs` are those of the iteration.',
  properties: properties({
    values: dynamic(anything({ title: 'The items', description: 'A list, a map, a text that renders to one as JSON, or the address of a file with an item a line.', examples: [['a', 'b'], '{{ outputs.download.uri }}'] })),
    tasks: tasks({ title: 'Tasks of an iteration' }),
    concurrencyLimit: optional(dynamic(integer({ title: 'How many iterations at once', description: '0 means all.', default: 1, minimum: 0 }))),
    transmitFailed: optional(dynamic(boolean({ title: 'Fail with an iteration', description: 'With `true` a failed iteration ends the loop, and the task fails. With `false` the others go on, and the task succeeds.', default: true }))),
    outputs: optional(listOf(Type.Unsafe<unknown>({ type: 'object' }), { title: 'Outputs of an iteration', description: 'As `outputs` of a flow: each has an `id`, a `type` and a `value` that is rendered in the iteration.' })),
    fetchType: optional(choice(['AUTO', 'FETCH', 'STORE'], { title: 'Where the outputs go', description: 'FETCH gives a list, STORE a file with a line for each iteration. AUTO stores them when the items came from a file.', default: 'AUTO' })),
    ...branches(),
  }),
  outputs: Type.Object({
    iterationCount: Type.Integer({ title: 'How many items there are' }),
    runningIterations: Type.Integer({ title: 'How many iterations run' }),
    terminatedIterations: Type.Integer({ title: 'How many iterations have ended' }),
    outputs: Type.Optional(Type.Unsafe<unknown>({ type: 'array', title: 'Outputs of the iterations', description: 'In the order of the items: `{item: {value, iteration, key}, outputs}` each.' })),
    uri: Type.Optional(Type.String({ title: 'Address of the file with the outputs of the iterations' })),
  }),
});
