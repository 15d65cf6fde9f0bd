/** BadSequential: a Sequential whose state cannot be computed. */
import { flowable } from '../../sdk/index.ts';
import { branches, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.core.tasks.test.BadSequential',
  title: 'A Sequential that breaks',
  description: 'Computing its state throws: the task run and the execution have to become FAILED.',
  properties: properties({ tasks: tasks({ title: 'The tasks, in order' }), ...branches() }),
  flowable: 'badSequential',
});
