/** NullOutputTask: an output that is there and null. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { properties } from '../../sdk/schema.ts';

export const plugin = runnable({
  type: 'io.kestra.core.tasks.test.NullOutputTask',
  title: 'Give out null',
  description: 'Succeeds with the output `value`, which is null: the key is there.',
  properties: properties({}),
  outputs: Type.Object({ value: Type.Null({ title: 'Always null' }) }),
  runs: 'inline',
  run: () => ({ type: 'succeeded', outputs: { value: null } }),
});
