/** Delete: a file of the execution goes. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedBoolean, requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Delete',
  aliases: ['io.kestra.core.tasks.storages.Delete'],
  title: 'Delete a file',
  description: 'Deletes a file of this execution, or of the one that triggered it.',
  properties: properties({
    uri: dynamic(text({ title: 'Address of the file' })),
    errorOnMissing: optional(dynamic(boolean({ title: 'Fail when there is none', default: false }))),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the file' }), deleted: Type.Boolean({ title: 'Whether it was there' }) }),
  runs: 'thread',
  run: async (context) => {
    const uri = requiredText(context, 'uri').trim();
    const deleted = await context.files.removeStored(uri);
    if (!deleted && renderedBoolean(context, 'errorOnMissing', false)) throw new TaskFailure(`Unable to find the file "${clipped(uri)}", and "errorOnMissing" is true.`);
    return { type: 'succeeded', outputs: { uri, deleted } };
  },
});
