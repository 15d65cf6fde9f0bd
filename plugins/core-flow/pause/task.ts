/** Pause: waits for a person, or for a time. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { branches, choice, dynamic, duration, listOf, optional, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Pause',
  aliases: ['io.kestra.core.tasks.flows.Pause'],
  title: 'Pause the execution',
  description: 'Stops until somebody resumes the execution, or until a time has passed. With `timeout` it fails when nobody came in time. The values of the resume form are the output `onResume`.',
  properties: properties({
    pauseDuration: optional(dynamic(duration({ title: 'How long at most', description: 'After this time the pause ends by itself, as `behavior` says. Left out: waits until somebody resumes.' }))),
    delay: optional(dynamic(duration({ title: 'How long at most', description: 'Earlier name of `pauseDuration`.', deprecated: true }))),
    behavior: optional(dynamic(choice(['RESUME', 'WARN', 'CANCEL', 'FAIL'], { title: 'What happens after that time', description: 'RESUME goes on, WARN goes on with a warning, FAIL fails the task, CANCEL ends the execution as cancelled.', default: 'RESUME' }))),
    onResume: optional(listOf(Type.Unsafe<unknown>({ type: 'object' }), { title: 'Inputs to ask for on resume', description: 'Inputs as in `inputs` of a flow. Later tasks read `{{ outputs.PAUSE_ID.onResume.INPUT_ID }}`.' })),
    tasks: optional(tasks({ title: 'Tasks after the pause', description: 'Write them behind the pause instead.', deprecated: true })),
    ...branches(),
  }),
  outputs: Type.Object({ onResume: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Values of the resume form' })) }),
  flowable: 'pause',
});
