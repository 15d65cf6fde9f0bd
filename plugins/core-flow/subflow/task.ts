/** Subflow: an execution of another flow as one task. */
import { Type } from 'typebox';
import { subflow } from '../../sdk/index.ts';
import { subflowProperties } from '../../sdk/schema.ts';

export const plugin = subflow({
  type: 'io.kestra.plugin.core.flow.Subflow',
  aliases: ['io.kestra.core.tasks.flows.Subflow', 'io.kestra.core.tasks.flows.Flow'],
  title: 'Run another flow',
  description: 'Starts an execution of another flow with inputs and labels, waits for it and takes over its state and outputs, unless told otherwise. A flow cannot call itself.',
  properties: subflowProperties(),
  outputs: Type.Object({
    executionId: Type.String({ title: 'Id of the started execution' }),
    state: Type.Optional(Type.String({ title: 'Its final state' })),
    outputs: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Its outputs' })),
  }),
});
