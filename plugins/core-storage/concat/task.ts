/** Concat: files, one after the other, in one. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { renderedText, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Concat',
  aliases: ['io.kestra.core.tasks.storages.Concat'],
  title: 'Join files',
  description: 'Writes the bytes of several files, one after the other, into a new file.',
  properties: properties({
    files: dynamic(textOrTexts({ title: 'Addresses of the files', description: 'A list, or a text that renders to a JSON list. In this order.' })),
    separator: optional(dynamic(text({ title: 'Text after each file', description: 'Such as `"\\n"` for files without a last line end.' }))),
    extension: optional(dynamic(text({ title: 'End of the new file\'s name', default: '.tmp' }))),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the new file' }) }),
  runs: 'thread',
  run: async (context) => {
    const uris = renderedTexts(context, 'files').map((uri) => uri.trim());
    if (uris.length === 0) throw new TaskFailure('The property "files" is empty: give it at least one address of a file.');
    const separator = renderedText(context, 'separator') ?? '';
    const extension = renderedText(context, 'extension')?.trim() ?? '.tmp';
    const content = async function* (): AsyncGenerator<Uint8Array | string> {
      for (const uri of uris) {
        yield* context.files.stream(uri);
        if (separator !== '') yield separator;
      }
    };
    const { uri } = await context.files.putStream(`concat${extension}`, content());
    return { type: 'succeeded', outputs: { uri } };
  },
});
