/** Reverse: the lines of a file, the last one first. */
import { open, type FileHandle } from 'node:fs/promises';
import { Type } from 'typebox';
import { lineCharsMax } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';

const blockBytes = 256 * 1024;
/** Charsets whose line ends are found byte by byte. */
const encodings: Readonly<Record<string, BufferEncoding>> = { 'UTF-8': 'utf8', UTF8: 'utf8', 'US-ASCII': 'latin1', ASCII: 'latin1', 'ISO-8859-1': 'latin1', LATIN1: 'latin1', 'WINDOWS-1252': 'latin1' };

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Reverse',
  aliases: ['io.kestra.core.tasks.storages.Reverse'],
  title: 'Turn a file around',
  description: 'Writes the lines of a file into a new one, the last line first.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file' })),
    separator: optional(dynamic(text({ title: 'End of a line', default: '\n' }))),
    charset: optional(dynamic(text({ title: 'Charset of the file', description: 'UTF-8, US-ASCII, ISO-8859-1 or windows-1252.', default: 'UTF-8' }))),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the new file' }) }),
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const charset = renderedText(context, 'charset')?.trim() || 'UTF-8';
    const encoding = encodings[charset.toUpperCase()];
    if (encoding === undefined) throw new TaskFailure(`The property "charset" is "${clipped(charset)}": expected UTF-8, US-ASCII, ISO-8859-1 or windows-1252.`);
    const separator = Buffer.from(renderedText(context, 'separator') || '\n', encoding);
    const path = await context.files.fetch(from, 'reverse.in');
    const file = await open(path, 'r');
    try {
      const last = from.slice(from.lastIndexOf('/') + 1);
      const extension = /\.[A-Za-z0-9]{1,10}$/.exec(last)?.[0] ?? '.txt';
      const { uri } = await context.files.putStream(`reversed${extension}`, reversed(file, separator));
      return { type: 'succeeded', outputs: { uri } };
    } finally {
      await file.close();
    }
  },
});

/** From the end of the file, block by block; what stands before the first separator of a block waits for the block before it. */
async function* reversed(file: FileHandle, separator: Buffer): AsyncGenerator<Uint8Array> {
  let end = (await file.stat()).size;
  let rest = Buffer.alloc(0);
  let isLast = true;
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const block = Buffer.alloc(end - start);
    await file.read(block, 0, block.length, start);
    rest = Buffer.concat([block, rest]);
    end = start;
    for (let at = rest.lastIndexOf(separator); at !== -1; at = rest.lastIndexOf(separator)) {
      const line = rest.subarray(at + separator.length);
      // After the last separator there is no further line.
      if (!isLast || line.length > 0) yield Buffer.concat([line, separator]);
      isLast = false;
      rest = rest.subarray(0, at);
    }
    if (rest.length > lineCharsMax) throw new TaskFailure(`The file has a line of more than ${lineCharsMax} bytes: this task reads files line by line.`);
  }
  if (rest.length > 0 || !isLast) yield Buffer.concat([rest, separator]);
}
