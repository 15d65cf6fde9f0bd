/** LocalFiles: files into the working directory, and out of it into the storage. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, mapOrText, optional, properties, textOrTexts } from '../../sdk/schema.ts';
import { renderedMap, renderedTexts, textOf } from '../../sdk/values.ts';

const storedAddress = /^(?:kestra|nsfile|file):\/\//;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.LocalFiles',
  aliases: ['io.kestra.core.tasks.storages.LocalFiles'],
  title: 'Place and keep files of a directory',
  description: 'Inside a WorkingDirectory: writes files that the following tasks find there, and stores files that earlier tasks have left.',
  properties: properties({
    inputs: optional(dynamic(mapOrText({ title: 'Files to place', description: 'By relative path: a text, or the address of a file. Or a text that renders to such a map as JSON.' }))),
    outputs: optional(dynamic(textOrTexts({ title: 'Files to keep', description: 'Globs of relative paths.' }))),
  }),
  outputs: Type.Object({ uris: Type.Unsafe<unknown>({ type: 'object', title: 'Addresses of the stored files, by relative path' }) }),
  runs: 'thread',
  run: async (context) => {
    for (const [path, content] of Object.entries(renderedMap(context, 'inputs'))) {
      const written = textOf(content);
      if (storedAddress.test(written.trim())) await context.files.fetch(written.trim(), path);
      else await context.files.write(path, written);
    }
    const uris: [string, string][] = [];
    const globs = renderedTexts(context, 'outputs');
    if (globs.length > 0) for (const path of await context.files.find(globs)) uris.push([path, await context.files.store(path)]);
    return { type: 'succeeded', outputs: { uris: Object.fromEntries(uris) } };
  },
});
