/** UploadFiles: files of the task's directory, of the storage or of texts become files of a namespace. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { runnable, type NamespaceFiles, type TaskContext } from '../../sdk/index.ts';
import { anything, choice, dynamic, mapOrText, optional, properties, text } from '../../sdk/schema.ts';
import { namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { clipped, isMap, renderedMap, renderedText, renderedTexts, TaskFailure, textOf } from '../../sdk/values.ts';

const conflicts = ['OVERWRITE', 'ERROR', 'SKIP'] as const;
const storedAddress = /^(?:kestra|nsfile|file):\/\//;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.namespace.UploadFiles',
  title: 'Upload namespace files',
  description: 'Writes files into a namespace, where all its flows find them.',
  properties: properties({
    namespace: namespaceProperty(),
    files: optional(dynamic(anything({ title: 'Which files', description: 'Globs of the task\'s directory, or addresses of stored files; or a map of paths in the namespace to addresses or texts.' }))),
    filesMap: optional(dynamic(mapOrText({ title: 'Files by path', description: 'Paths in the namespace, each with an address or a text. Or a text that renders to such a map as JSON.' }))),
    destination: optional(dynamic(text({ title: 'Folder in the namespace', default: '/' }))),
    conflict: optional(dynamic(choice(conflicts, { title: 'When a file is there already', description: 'OVERWRITE replaces it, SKIP leaves it, ERROR fails before anything is written.', default: 'OVERWRITE' }))),
  }),
  outputs: Type.Object({ files: Type.Unsafe<unknown>({ type: 'object', title: 'Addresses of the written files, by path in the namespace' }) }),
  runs: 'thread',
  run: async (context) => {
    const namespace = context.namespaceFiles(namespaceOf(context));
    const destination = (renderedText(context, 'destination')?.trim() ?? '').replace(/^\/+|\/+$/g, '');
    const conflict = renderedText(context, 'conflict')?.trim().toUpperCase() || 'OVERWRITE';
    if (!conflicts.some((one) => one === conflict)) throw new TaskFailure(`The property "conflict" is "${clipped(conflict)}": expected one of ${conflicts.join(', ')}.`);
    const sources = new Map<string, AsyncIterable<Uint8Array> | string>();
    for (const [path, source] of await sourcesOf(context)) sources.set([destination, path.replace(/^\/+/, '')].filter((part) => part !== '').join('/'), source);
    const present = [...sources.keys()].filter((path) => namespace.sizeBytes(path) !== undefined);
    if (conflict === 'ERROR' && present.length > 0) throw new TaskFailure(`The namespace has the file "${clipped(present[0] ?? '')}" already, and "conflict" is ERROR: nothing was written.`);
    const written: [string, string][] = [];
    for (const [path, source] of sources) {
      if (conflict === 'SKIP' && present.includes(path)) {
        context.log('INFO', `The file ${path} is there already and was left as it is`);
        continue;
      }
      await write(namespace, path, source);
      written.push([path, namespace.uri(path)]);
    }
    if (sources.size === 0) context.log('WARN', 'No file matches: nothing was uploaded');
    return { type: 'succeeded', outputs: { files: Object.fromEntries(written) } };
  },
});

const write = (namespace: NamespaceFiles, path: string, source: AsyncIterable<Uint8Array> | string): Promise<void> => namespace.put(path, typeof source === 'string' ? [source] : source);

/** Paths relative to the destination, each with what is written there. */
async function sourcesOf(context: TaskContext): Promise<readonly (readonly [string, AsyncIterable<Uint8Array> | string])[]> {
  const sourceOf = (value: unknown): AsyncIterable<Uint8Array> | string => {
    const content = textOf(value);
    return storedAddress.test(content.trim()) ? context.files.stream(content.trim()) : content;
  };
  const found: (readonly [string, AsyncIterable<Uint8Array> | string])[] = [];
  const asked = context.properties['files'];
  if (isMap(asked)) for (const [path, value] of Object.entries(renderedMap(context, 'files'))) found.push([path, sourceOf(value)]);
  else {
    const globs: string[] = [];
    for (const one of renderedTexts(context, 'files').map((each) => each.trim())) {
      if (storedAddress.test(one)) found.push([decodeURIComponent(one.slice(one.lastIndexOf('/') + 1)), context.files.stream(one)]);
      else globs.push(one);
    }
    if (globs.length > 0) {
      const directory = await context.files.workingDirectory();
      for (const path of await context.files.find(globs)) found.push([path, createReadStream(join(directory, path))]);
    }
  }
  for (const [path, value] of Object.entries(renderedMap(context, 'filesMap'))) found.push([path, sourceOf(value)]);
  if (asked === undefined && context.properties['filesMap'] === undefined) throw new TaskFailure('Neither "files" nor "filesMap" is given: say which files to upload.');
  return found;
}
