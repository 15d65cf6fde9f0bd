/** IonToJson: rows become JSON lines, or one JSON list. */
import { Type } from 'typebox';
import { ionRows } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { renderedBoolean, renderedText, requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.serdes.json.IonToJson',
  aliases: ['io.kestra.plugin.serdes.json.JsonWriter'],
  title: 'Rows to JSON',
  description: 'Reads a file of rows (one Ion or JSON value a line) and writes them as JSON.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file of rows' })),
    newLine: optional(dynamic(boolean({ title: 'One value a line', description: 'With `false` the whole file is one list.', default: true }))),
    charset: optional(dynamic(text({ title: 'Charset of the file of rows', description: 'The JSON file is UTF-8, as JSON has to be.', default: 'UTF-8' }))),
    shouldKeepAnnotations: optional(boolean({ title: 'Keep annotations', description: 'Annotations of Ion have no place in JSON: they are left out.', default: false })),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the JSON file' }), size: Type.Integer({ title: 'How many rows' }) }),
  metrics: [{ name: 'records', type: 'counter', description: 'Rows that were written' }],
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const asLines = renderedBoolean(context, 'newLine', true);
    const charset = renderedText(context, 'charset')?.trim() || 'UTF-8';
    let size = 0;
    const values = async function* (): AsyncGenerator<string> {
      if (!asLines) yield '[';
      for await (const row of ionRows(context.files.stream(from), charset)) {
        context.signal.throwIfAborted();
        const value = JSON.stringify(row) ?? 'null';
        yield asLines ? `${value}\n` : `${size === 0 ? '' : ','}${value}`;
        size += 1;
      }
      if (!asLines) yield ']';
    };
    const { uri } = await context.files.putStream(asLines ? 'rows.jsonl' : 'rows.json', values());
    context.metric({ type: 'counter', name: 'records', value: size });
    return { type: 'succeeded', outputs: { uri, size } };
  },
});
