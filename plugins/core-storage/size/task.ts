/** Size: how many bytes a file has. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { clipped, requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Size',
  aliases: ['io.kestra.core.tasks.storages.Size'],
  title: 'Size of a file',
  description: 'Gives out how many bytes a file has.',
  properties: properties({ uri: dynamic(text({ title: 'Address of the file' })) }),
  outputs: Type.Object({ size: Type.Integer({ title: 'Bytes' }) }),
  runs: 'thread',
  run: async (context) => {
    const uri = requiredText(context, 'uri').trim();
    const size = context.files.sizeBytes(uri);
    if (size === undefined) throw new TaskFailure(`There is no file "${clipped(uri)}".`);
    return { type: 'succeeded', outputs: { size } };
  },
});
