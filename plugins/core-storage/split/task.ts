/** Split: the lines of a file, in several files. */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { separated } from '../../sdk/ion.ts';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { anything, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';
import { bytesOf } from './byte-count.ts';

/** Addresses of more files would not fit into outputs. */
const partsMax = 10_000;
/** All of them are open at once. */
const partitionsMax = 1000;
const blockChars = 64 * 1024;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.Split',
  aliases: ['io.kestra.core.tasks.storages.Split'],
  title: 'Split a file',
  description: 'Writes the lines of a file into several new ones: so many lines each, so many bytes each, or evenly into so many files.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file' })),
    rows: optional(dynamic(anything({ title: 'Lines of each file', description: 'A number. One of `rows`, `bytes` and `partitions` is needed.' }))),
    bytes: optional(dynamic(text({ title: 'Size of each file at most', description: 'Such as `10MB`; a line is never cut.' }))),
    partitions: optional(dynamic(anything({ title: 'How many files', description: 'A number; the lines are dealt out one by one.' }))),
    separator: optional(dynamic(text({ title: 'End of a line', default: '\n' }))),
  }),
  outputs: Type.Object({ uris: Type.Array(Type.String(), { title: 'Addresses of the new files' }) }),
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const separator = renderedText(context, 'separator') || '\n';
    const [rows, bytes, partitions] = [wholeNumber(context, 'rows'), renderedText(context, 'bytes'), wholeNumber(context, 'partitions')];
    if ([rows, bytes, partitions].filter((one) => one !== undefined).length !== 1) throw new TaskFailure('Expected exactly one of the properties "rows", "bytes" and "partitions".');
    const name = nameOf(from);
    const items = separated(context.files.stream(from), separator);
    const uris = partitions === undefined
      ? await inBatches(context, items, { separator, name, rowsMax: rows ?? Number.POSITIVE_INFINITY, bytesMax: bytes === undefined ? Number.POSITIVE_INFINITY : bytesOf(bytes) })
      : await dealtOut(context, items, { separator, name, partitions });
    return { type: 'succeeded', outputs: { uris } };
  },
});

function wholeNumber(context: TaskContext, name: string): number | undefined {
  const value = renderedText(context, name)?.trim();
  if (value === undefined || value === '') return undefined;
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected a whole number from 1 on.`);
  return Number(value);
}

/** `data.csv` becomes `data-1.csv`, and so on. */
function nameOf(uri: string): (number: number) => string {
  const last = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)).replace(/[^\w.-]/g, '_');
  const dot = last.lastIndexOf('.');
  return (number) => (dot > 0 ? `${last.slice(0, dot)}-${number}${last.slice(dot)}` : `${last || 'part'}-${number}`);
}

async function inBatches(context: TaskContext, items: AsyncGenerator<string>, options: { readonly separator: string; readonly name: (number: number) => string; readonly rowsMax: number; readonly bytesMax: number }): Promise<readonly string[]> {
  const uris: string[] = [];
  let next = await items.next();
  const batch = async function* (): AsyncGenerator<string> {
    let rows = 0;
    let bytes = 0;
    while (next.done !== true) {
      const line = next.value + options.separator;
      bytes += Buffer.byteLength(line);
      if (rows > 0 && (rows >= options.rowsMax || bytes > options.bytesMax)) return;
      rows += 1;
      yield line;
      next = await items.next();
    }
  };
  while (next.done !== true) {
    if (uris.length >= partsMax) throw new TaskFailure(`The file would become more than ${partsMax} files: give each of them more.`);
    uris.push((await context.files.putStream(options.name(uris.length + 1), batch())).uri);
  }
  return uris;
}

async function dealtOut(context: TaskContext, items: AsyncGenerator<string>, options: { readonly separator: string; readonly name: (number: number) => string; readonly partitions: number }): Promise<readonly string[]> {
  if (options.partitions > partitionsMax) throw new TaskFailure(`The property "partitions" is ${options.partitions}: at most ${partitionsMax} files are written at once.`);
  const directory = await context.files.workingDirectory();
  const parts: { readonly name: string; readonly file: FileHandle; waiting: string }[] = [];
  try {
    let at = 0;
    for await (const item of items) {
      let part = parts[at % options.partitions];
      if (part === undefined) {
        const name = options.name(parts.length + 1);
        part = { name, file: await open(join(directory, name), 'wx', 0o600), waiting: '' };
        parts.push(part);
      }
      part.waiting += item + options.separator;
      if (part.waiting.length > blockChars) {
        await part.file.appendFile(part.waiting);
        part.waiting = '';
      }
      at += 1;
    }
    for (const part of parts) await part.file.appendFile(part.waiting);
  } finally {
    for (const part of parts) await part.file.close();
  }
  const uris: string[] = [];
  for (const part of parts) uris.push(await context.files.store(part.name));
  return uris;
}
