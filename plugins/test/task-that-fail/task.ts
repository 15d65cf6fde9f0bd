/** TaskThatFail: a failure that hands over outputs. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { properties, text } from '../../sdk/schema.ts';
import { requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.core.runners.test.TaskThatFail',
  title: 'Fail with outputs',
  description: 'Fails, and still gives out `message`.',
  properties: properties({ message: text({ title: 'The output, and why it fails' }) }),
  outputs: Type.Object({ message: Type.String({ title: 'The message' }) }),
  runs: 'inline',
  run: (context) => {
    const message = requiredText(context, 'message');
    return { type: 'failed', message, outputs: { message } };
  },
});
