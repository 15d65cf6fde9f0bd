/** PurgeCurrentExecutionFiles: all files of the own execution go. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { properties } from '../../sdk/schema.ts';

/** Addresses of more files would not fit into outputs. */
const shownMax = 1000;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles',
  aliases: ['io.kestra.core.tasks.storages.PurgeExecution', 'io.kestra.plugin.core.storage.PurgeExecution'],
  title: 'Delete the files of this execution',
  description: 'Deletes every file that this execution has stored: of its inputs, its tasks and their logs in files.',
  properties: properties({}),
  outputs: Type.Object({ uris: Type.Array(Type.String(), { title: 'Addresses of the deleted files, the first thousand' }) }),
  runs: 'thread',
  run: async (context) => {
    const uris = await context.files.removeOfExecution();
    context.log('DEBUG', `${uris.length} files were deleted`);
    return { type: 'succeeded', outputs: { uris: uris.slice(0, shownMax) } };
  },
});
