/** DownloadFiles: files of a namespace become files of the execution. */
import { Type } from 'typebox';
import { globMatcher } from '../../sdk/glob.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { renderedText, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.namespace.DownloadFiles',
  title: 'Download namespace files',
  description: 'Copies files of a namespace into the execution, as they are now.',
  properties: properties({
    namespace: namespaceProperty(),
    files: dynamic(textOrTexts({ title: 'Which files', description: 'Globs of paths in the namespace, such as `queries/**.sql`.' })),
    destination: optional(dynamic(text({ title: 'Folder before their names', description: 'Left out: none.' }))),
  }),
  outputs: Type.Object({ files: Type.Unsafe<unknown>({ type: 'object', title: 'Addresses of the copies, by path' }) }),
  runs: 'thread',
  run: async (context) => {
    const globs = renderedTexts(context, 'files');
    if (globs.length === 0) throw new TaskFailure('The property "files" is empty: give it at least one glob.');
    const namespace = context.namespaceFiles(namespaceOf(context));
    const destination = (renderedText(context, 'destination')?.trim() ?? '').replace(/^\/+|\/+$/g, '');
    const copies: [string, string][] = [];
    for (const path of (await namespace.list()).filter(globMatcher(globs))) {
      const name = destination === '' ? path : `${destination}/${path}`;
      copies.push([name, (await context.files.putStream(name, namespace.stream(path))).uri]);
    }
    if (copies.length === 0) context.log('WARN', 'No file matches: nothing was downloaded');
    return { type: 'succeeded', outputs: { files: Object.fromEntries(copies) } };
  },
});
