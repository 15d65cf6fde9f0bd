/** ForEachItem: a subflow for each batch of a file. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { branches, choice, dynamic, group, integer, optional, properties, subflowProperties, text } from '../../sdk/schema.ts';
import { split } from './split.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.ForEachItem',
  aliases: ['io.kestra.core.tasks.flows.ForEachItem'],
  title: 'Run a flow for each batch of a file',
  description: 'Splits a stored file into batches and starts an execution of another flow for each of them. It runs as three tasks: `ID_split`, `ID_items` and `ID_merge`.',
  properties: properties({
    items: dynamic(text({ title: 'The file', description: 'Address of a stored file with an item a line.' })),
    batch: optional(group({
      rows: optional(dynamic(integer({ title: 'Lines of a batch', default: 1, minimum: 1 }))),
      bytes: optional(dynamic(text({ title: 'Size of a batch', description: 'At most so much in one batch, such as `10MB`; a line is never cut.' }))),
      partitions: optional(dynamic(integer({ title: 'How many batches', description: 'The lines are dealt out to so many batches.', minimum: 1 }))),
      separator: optional(dynamic(text({ title: 'Between two items', default: '\n' }))),
    }, { title: 'How it is split', description: 'By `rows` (one when nothing is said), by `bytes`, or into `partitions`.' })),
    ...subflowProperties().properties,
    fetchType: optional(choice(['AUTO', 'FETCH', 'STORE'], { title: 'Where the outputs go', description: 'They are always stored; read for flows of later versions.', deprecated: true })),
    ...branches(),
  }),
  outputs: Type.Object({}),
  flowable: 'forEachItem',
  parts: { split },
});
