/** DeduplicateItems: of the rows of a file with the same key, only the last one stays. */
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { ionRows, lines } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { clipped, isMap, requiredText, TaskFailure } from '../../sdk/values.ts';

/** About 500 MB of memory with keys of usual length. */
const keysMax = 5_000_000;
const plainKeyCharsMax = 64;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.DeduplicateItems',
  aliases: ['io.kestra.core.tasks.storages.DeduplicateItems'],
  title: 'Drop repeated rows',
  description: 'Reads a file of rows (one Ion or JSON value a line) and writes a new one in which each key stands once: with its last row, at that row\'s place.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file of rows' })),
    expr: dynamic(text({ title: 'The key of a row', description: 'An expression that sees the row\'s members as variables, such as `{{ customer_id }}`.' })),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'Address of the new file' }),
    numKeys: Type.Integer({ title: 'How many keys there are' }),
    processedItemsTotal: Type.Integer({ title: 'Rows that were read' }),
    droppedItemsTotal: Type.Integer({ title: 'Rows that were dropped' }),
  }),
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const expression = context.properties['expr'];
    if (typeof expression !== 'string' || expression.trim() === '') throw new TaskFailure('The property "expr" is missing: give it an expression for the key, such as "{{ id }}".');
    const lastOf = new Map<string, number>();
    let processed = 0;
    for await (const row of ionRows(context.files.stream(from))) {
      context.signal.throwIfAborted();
      const key = context.withVariables(isMap(row) ? row : { value: row }).render(expression);
      lastOf.set(key.length <= plainKeyCharsMax ? key : createHash('sha256').update(key).digest('base64'), processed);
      processed += 1;
      if (lastOf.size > keysMax) throw new TaskFailure(`The file "${clipped(from)}" has more than ${keysMax} keys: split it first.`);
    }
    const kept = new Set(lastOf.values());
    const rows = async function* (): AsyncGenerator<string> {
      let at = 0;
      for await (const line of lines(context.files.stream(from))) {
        if (line.trim() === '') continue;
        if (kept.has(at)) yield `${line}\n`;
        at += 1;
      }
    };
    const { uri } = await context.files.putStream('deduplicated.ion', rows());
    return { type: 'succeeded', outputs: { uri, numKeys: lastOf.size, processedItemsTotal: processed, droppedItemsTotal: processed - kept.size } };
  },
});
