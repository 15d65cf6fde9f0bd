/** Encrypted: an encrypted output. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { properties, text } from '../../sdk/schema.ts';
import { textOf } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.core.tasks.test.Encrypted',
  title: 'Give out an encrypted text',
  description: 'The output `value` is an encrypted string. The text is not rendered.',
  properties: properties({ format: text({ title: 'The text to encrypt', description: 'Taken as it is, not rendered.' }) }),
  outputs: Type.Object({ value: Type.Unsafe<unknown>({ type: 'object', title: 'The encrypted text' }) }),
  runs: 'inline',
  run: (context) => ({ type: 'succeeded', outputs: { value: context.encrypt(textOf(context.properties['format'])) } }),
});
