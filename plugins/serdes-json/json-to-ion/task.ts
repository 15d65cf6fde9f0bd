/** JsonToIon: JSON lines, or one JSON document, become rows. */
import { Type } from 'typebox';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { decoderOf, ionLine, lines } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, messageOf, renderedBoolean, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';
import { jsonElements } from './json-elements.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.serdes.json.JsonToIon',
  aliases: ['io.kestra.plugin.serdes.json.JsonReader'],
  title: 'JSON to rows',
  description: 'Reads a JSON file and writes its values as a file of rows (one Ion value a line).',
  properties: properties({
    from: dynamic(text({ title: 'Address of the JSON file' })),
    newLine: optional(dynamic(boolean({ title: 'One value a line', description: 'With `false` the file is one document: the elements of a list are the rows, anything else is the only row.', default: true }))),
    charset: optional(dynamic(text({ title: 'Charset of the file', default: 'UTF-8' }))),
    shouldKeepAnnotations: optional(boolean({ title: 'Keep annotations', description: 'JSON has none; read so that flows that set it are accepted.', default: false })),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the file of rows' }), size: Type.Integer({ title: 'How many rows' }) }),
  metrics: [{ name: 'records', type: 'counter', description: 'Rows that were written' }],
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const charset = renderedText(context, 'charset')?.trim() || 'UTF-8';
    const decoder = decoderOf(charset);
    const texts = async function* (): AsyncGenerator<string> {
      for await (const chunk of context.files.stream(from)) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    };
    const pieces = renderedBoolean(context, 'newLine', true) ? lines(context.files.stream(from), charset) : jsonElements(texts());
    let size = 0;
    const rows = async function* (): AsyncGenerator<string> {
      let number = 0;
      for await (const piece of pieces) {
        context.signal.throwIfAborted();
        number += 1;
        if (piece.trim() === '') continue;
        yield ionLine(parsed(piece, number));
        size += 1;
      }
    };
    const { uri } = await context.files.putStream('rows.ion', rows());
    context.metric({ type: 'counter', name: 'records', value: size });
    return { type: 'succeeded', outputs: { uri, size } };
  },
});

function parsed(piece: string, number: number): unknown {
  try {
    return parseJsonText(piece);
  } catch (thrown) {
    throw new TaskFailure(`Value ${number} of the file is no JSON (${messageOf(thrown)}): ${clipped(piece)}. A file that is one document is read with "newLine: false".`, { cause: thrown });
  }
}
