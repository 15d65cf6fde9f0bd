/** DeleteFiles: files of a namespace go. */
import { Type } from 'typebox';
import { globMatcher } from '../../sdk/glob.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, textOrTexts } from '../../sdk/schema.ts';
import { namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.namespace.DeleteFiles',
  title: 'Delete namespace files',
  description: 'Deletes files of a namespace; folders that become empty go with them.',
  properties: properties({
    namespace: namespaceProperty(),
    files: dynamic(textOrTexts({ title: 'Which files', description: 'Globs of paths in the namespace, such as `tmp/**`.' })),
  }),
  outputs: Type.Object({ files: Type.Array(Type.String(), { title: 'Paths of the deleted files' }) }),
  runs: 'thread',
  run: async (context) => {
    const globs = renderedTexts(context, 'files');
    if (globs.length === 0) throw new TaskFailure('The property "files" is empty: give it at least one glob.');
    const namespace = context.namespaceFiles(namespaceOf(context));
    const files = (await namespace.list()).filter(globMatcher(globs));
    for (const path of files) await namespace.remove(path);
    if (files.length === 0) context.log('WARN', 'No file matches: nothing was deleted');
    return { type: 'succeeded', outputs: { files } };
  },
});
