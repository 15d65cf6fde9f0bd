/** Write: a text becomes a file. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { anything, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Write',
  title: 'Write a file',
  description: 'Stores a text as a file of the execution.',
  properties: properties({
    content: dynamic(anything({ title: 'What the file holds', description: 'A text; a map or list is written as JSON.' })),
    extension: optional(dynamic(text({ title: 'End of the file\'s name', description: 'Such as `.json`.' }))),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the file' }) }),
  runs: 'thread',
  run: async (context) => {
    const content = requiredText(context, 'content');
    const extension = renderedText(context, 'extension')?.trim().replace(/^\.?(?=.)/, '.') ?? '.txt';
    if (/[/\\]/.test(extension)) throw new TaskFailure(`The property "extension" is "${extension}": expected the end of a name, such as .json.`);
    return { type: 'succeeded', outputs: { uri: await context.files.put(`content${extension}`, content) } };
  },
});
