/** ListenersTestTask: describes the execution that it runs after. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { properties } from '../../sdk/schema.ts';

export const plugin = runnable({
  type: 'io.kestra.core.runners.ListenersTestTask',
  title: 'Describe the execution',
  description: 'Of a listener: fails unless its execution has ended, and gives out a text that describes it.',
  properties: properties({}),
  outputs: Type.Object({ value: Type.String({ title: 'A text with the flow and the id of the execution' }) }),
  runs: 'inline',
  run: (context) => {
    // What runs after the end begins when the state is fixed: there is nothing to wait for.
    const state = context.render('{{ execution.state }}');
    if (!['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'].includes(state)) return { type: 'failed', message: `The execution is ${state}, not ended` };
    return { type: 'succeeded', outputs: { value: `Execution(id=${context.execution.id}, flowId=${context.execution.flowId}, state=${state})` } };
  },
});
