/** BadExecutable: a Subflow whose result cannot be taken over. */
import { subflow } from '../../sdk/index.ts';
import { subflowProperties } from '../../sdk/schema.ts';

export const plugin = subflow({
  type: 'io.kestra.core.tasks.test.BadExecutable',
  title: 'A Subflow that breaks',
  description: 'Taking over the result of its child execution throws: the task run and the execution have to become FAILED.',
  properties: subflowProperties(),
  failsOnResult: true,
});
