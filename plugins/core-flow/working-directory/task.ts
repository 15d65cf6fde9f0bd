/** WorkingDirectory: tasks that share one directory. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { boolean, branches, dynamic, duration, group, mapOrText, optional, properties, tasks, texts } from '../../sdk/schema.ts';
import { close } from './close.ts';
import { open } from './open.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.WorkingDirectory',
  aliases: ['io.kestra.core.tasks.flows.WorkingDirectory', 'io.kestra.core.tasks.flows.Worker'],
  title: 'Share a directory',
  description: 'Runs its tasks one after the other in one directory, so that each finds the files of those before it. Only tasks that do something themselves can be inside. It stops at the first failure.',
  properties: properties({
    tasks: tasks({ title: 'Tasks that share the directory' }),
    inputFiles: optional(dynamic(mapOrText({ title: 'Files to put into the directory', description: 'By relative path: a text, or the address of a stored file. Or a text that renders to such a map as JSON.' }))),
    outputFiles: optional(dynamic(texts({ title: 'Files to keep', description: 'Globs of relative paths; what matches at the end is stored, its address stands in the output `outputFiles`.' }))),
    namespaceFiles: optional(group({
      enabled: optional(boolean({ title: 'Whether they are wanted', default: true })),
      include: optional(texts({ title: 'Which ones', description: 'Globs of paths; all when left out.' })),
      exclude: optional(texts({ title: 'Which ones not', description: 'Globs of paths.' })),
      namespaces: optional(texts({ title: 'Of which namespaces', description: 'Later ones replace files of the same path. The namespace of the flow when left out.' })),
      folderPerNamespace: optional(boolean({ title: 'A folder for each namespace', default: false })),
    }, { title: 'Files of the namespace to put into the directory' })),
    cache: optional(group({
      ttl: optional(dynamic(duration({ title: 'How long it is good', description: 'No limit when left out.' }))),
      patterns: texts({ title: 'Files to keep for the next run', description: 'Globs of relative paths, such as `node_modules/**`.' }),
    }, { title: 'Files that the next run finds again', description: 'Kept for each flow and task; changed files replace them.' })),
    ...branches(),
  }),
  outputs: Type.Object({ outputFiles: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Addresses of the stored files, by relative path' })) }),
  flowable: 'workingDirectory',
  parts: { open, close },
});
