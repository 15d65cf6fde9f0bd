/** IonToCsv: rows become the records of a CSV file. */
import { Type } from 'typebox';
import { ionRows } from '../../sdk/ion.ts';
import { runnable } from '../../sdk/index.ts';
import { boolean, choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, isMap, renderedBoolean, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';

const quoteModes = ['REQUIRED', 'ALWAYS'] as const;
const encodings: Readonly<Record<string, BufferEncoding>> = { 'UTF-8': 'utf8', UTF8: 'utf8', 'US-ASCII': 'latin1', ASCII: 'latin1', 'ISO-8859-1': 'latin1', LATIN1: 'latin1', 'UTF-16LE': 'utf16le' };
const dateNote = 'Dates are texts in files of rows and are written as they stand; read so that flows that set it are accepted.';

export const plugin = runnable({
  type: 'io.kestra.plugin.serdes.csv.IonToCsv',
  aliases: ['io.kestra.plugin.serdes.csv.CsvWriter'],
  title: 'Rows to CSV',
  description: 'Reads a file of rows (one Ion or JSON value a line) and writes them as a CSV file.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file of rows' })),
    header: optional(dynamic(boolean({ title: 'Begin with the names', description: 'Those of the first row, when it is a map.', default: true }))),
    fieldSeparator: optional(dynamic(text({ title: 'Between fields', default: ',' }))),
    textDelimiter: optional(dynamic(text({ title: 'Around fields', description: 'One character.', default: '"' }))),
    lineDelimiter: optional(dynamic(text({ title: 'After a record', default: '\n' }))),
    alwaysDelimitText: optional(dynamic(boolean({ title: 'Delimit every field', description: 'With `false` only those that need it.', default: false }))),
    quoteMode: optional(dynamic(choice(quoteModes, { title: 'Which fields are delimited', description: 'ALWAYS is `alwaysDelimitText: true`.', default: 'REQUIRED' }))),
    charset: optional(dynamic(text({ title: 'Charset of the CSV file', description: 'UTF-8, US-ASCII, ISO-8859-1 or UTF-16LE.', default: 'UTF-8' }))),
    dateFormat: optional(text({ title: 'Format of dates', description: dateNote, default: 'yyyy-MM-dd' })),
    timeFormat: optional(text({ title: 'Format of times', description: dateNote })),
    dateTimeFormat: optional(text({ title: 'Format of dates with time', description: dateNote, default: 'yyyy-MM-dd\'T\'HH:mm:ss.SSS[XXX]' })),
    timeZoneId: optional(text({ title: 'Time zone', description: dateNote })),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the CSV file' }), size: Type.Integer({ title: 'How many rows' }) }),
  metrics: [{ name: 'records', type: 'counter', description: 'Records that were written, without the names' }],
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const separator = (renderedText(context, 'fieldSeparator') || ',').replace(/^\\t$/, '\t');
    const delimiter = renderedText(context, 'textDelimiter') || '"';
    if ([...delimiter].length !== 1 || separator.includes(delimiter)) throw new TaskFailure(`The property "textDelimiter" is "${clipped(delimiter)}": expected one character that does not stand between fields.`);
    const lineEnd = renderedText(context, 'lineDelimiter') || '\n';
    const always = renderedBoolean(context, 'alwaysDelimitText', false) || renderedText(context, 'quoteMode')?.trim().toUpperCase() === 'ALWAYS';
    const charset = renderedText(context, 'charset')?.trim() || 'UTF-8';
    const encoding = encodings[charset.toUpperCase()];
    if (encoding === undefined) throw new TaskFailure(`The property "charset" is "${clipped(charset)}": expected UTF-8, US-ASCII, ISO-8859-1 or UTF-16LE.`);
    const field = (value: unknown): string => {
      const written = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      const needs = written.includes(separator) || written.includes(delimiter) || written.includes(lineEnd) || /[\r\n]|^\s|\s$/.test(written);
      return always || needs ? `${delimiter}${written.replaceAll(delimiter, delimiter + delimiter)}${delimiter}` : written;
    };
    const record = (values: readonly unknown[]): Uint8Array => Buffer.from(values.map(field).join(separator) + lineEnd, encoding);
    const beginsWithNames = renderedBoolean(context, 'header', true);
    let names: readonly string[] | undefined;
    let size = 0;
    const records = async function* (): AsyncGenerator<Uint8Array> {
      for await (const row of ionRows(context.files.stream(from))) {
        context.signal.throwIfAborted();
        size += 1;
        if (Array.isArray(row)) {
          yield record(row);
          continue;
        }
        if (!isMap(row)) throw new TaskFailure(`Row ${size} of the file is neither a map nor a list: ${clipped(JSON.stringify(row))}`);
        if (names === undefined) {
          names = Object.keys(row);
          if (beginsWithNames) yield record(names);
        }
        const known = names;
        const other = Object.keys(row).find((name) => !known.includes(name));
        if (other !== undefined) throw new TaskFailure(`Row ${size} has the member "${clipped(other)}", which the first row has not: its records have the fields ${clipped(known.join(', '))}.`);
        const members = new Map(Object.entries(row));
        yield record(known.map((name) => members.get(name)));
      }
    };
    const { uri } = await context.files.putStream('rows.csv', records());
    context.metric({ type: 'counter', name: 'records', value: size });
    return { type: 'succeeded', outputs: { uri, size } };
  },
});
