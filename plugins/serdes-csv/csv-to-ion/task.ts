/** CsvToIon: the records of a CSV file become rows. */
import { Type } from 'typebox';
import { decoderOf, ionLine, lineCharsMax } from '../../sdk/ion.ts';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { anything, boolean, choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedBoolean, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';
import { csvRecords } from './csv-records.ts';

const badLines = ['ERROR', 'WARN', 'SKIP'] as const;

export const plugin = runnable({
  type: 'io.kestra.plugin.serdes.csv.CsvToIon',
  aliases: ['io.kestra.plugin.serdes.csv.CsvReader'],
  title: 'CSV to rows',
  description: 'Reads a CSV file and writes its records as a file of rows (one Ion value a line). Values stay texts.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the CSV file' })),
    header: optional(dynamic(boolean({ title: 'The first record holds names', description: 'Then each row is a map; with `false` a list.', default: true }))),
    fieldSeparator: optional(dynamic(text({ title: 'Between fields', description: 'One character.', default: ',' }))),
    textDelimiter: optional(dynamic(text({ title: 'Around fields', description: 'One character.', default: '"' }))),
    charset: optional(dynamic(text({ title: 'Charset of the file', default: 'UTF-8' }))),
    skipRows: optional(dynamic(anything({ title: 'Records to leave out at the beginning', description: 'A number. Before the names.', default: 0 }))),
    skipEmptyRows: optional(dynamic(boolean({ title: 'Leave out empty lines', default: false }))),
    onBadLines: optional(dynamic(choice(badLines, { title: 'A record that does not fit', description: 'It has another number of fields than the names, or broken delimiters. ERROR fails the task, WARN leaves it out with a line in the log, SKIP leaves it out.', default: 'ERROR' }))),
  }),
  outputs: Type.Object({ uri: Type.String({ title: 'Address of the file of rows' }), size: Type.Integer({ title: 'How many rows' }) }),
  metrics: [{ name: 'records', type: 'counter', description: 'Rows that were written' }],
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const hasHeader = renderedBoolean(context, 'header', true);
    const skipsEmpty = renderedBoolean(context, 'skipEmptyRows', false);
    const skipText = renderedText(context, 'skipRows')?.trim() || '0';
    if (!/^\d{1,12}$/.test(skipText)) throw new TaskFailure(`The property "skipRows" is "${clipped(skipText)}": expected a whole number.`);
    const onBad = renderedText(context, 'onBadLines')?.trim().toUpperCase() || 'ERROR';
    if (!badLines.some((one) => one === onBad)) throw new TaskFailure(`The property "onBadLines" is "${clipped(onBad)}": expected one of ${badLines.join(', ')}.`);
    const decoder = decoderOf(renderedText(context, 'charset')?.trim() || 'UTF-8');
    const texts = async function* (): AsyncGenerator<string> {
      for await (const chunk of context.files.stream(from)) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    };
    const records = csvRecords(texts(), { separator: oneCharacter(context, 'fieldSeparator', ','), delimiter: oneCharacter(context, 'textDelimiter', '"'), recordCharsMax: lineCharsMax });
    let skips = Number(skipText);
    let names: readonly string[] | undefined;
    let size = 0;
    const unfit = (line: number, why: string): void => {
      const message = `The record in line ${line} does not fit: ${why}.`;
      if (onBad === 'ERROR') throw new TaskFailure(`${message} Correct the file, or set "onBadLines" to WARN or SKIP.`);
      if (onBad === 'WARN') context.log('WARN', `${message} It was left out.`);
    };
    const rows = async function* (): AsyncGenerator<string> {
      for await (const record of records) {
        context.signal.throwIfAborted();
        if (skips > 0) {
          skips -= 1;
          continue;
        }
        if (record.type === 'bad') {
          unfit(record.line, record.why);
          continue;
        }
        const { fields } = record;
        const isEmpty = fields.length === 1 && fields[0] === '';
        // An empty line holds nothing that names could stand for.
        if (isEmpty && (skipsEmpty || hasHeader)) continue;
        if (hasHeader && names === undefined) {
          names = fields;
          continue;
        }
        if (names !== undefined && fields.length !== names.length) {
          unfit(record.line, `it has ${fields.length} fields, and there are ${names.length} names`);
          continue;
        }
        size += 1;
        // Not by assignment: a column called `__proto__` is one like any other.
        yield ionLine(names === undefined ? fields : Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ''])));
      }
    };
    const { uri } = await context.files.putStream('rows.ion', rows());
    context.metric({ type: 'counter', name: 'records', value: size });
    return { type: 'succeeded', outputs: { uri, size } };
  },
});

function oneCharacter(context: TaskContext, name: string, whenMissing: string): string {
  const value = renderedText(context, name);
  if (value === undefined || value === '') return whenMissing;
  const written = value === '\\t' ? '\t' : value;
  if (written.length !== 1 || /[\r\n]/.test(written)) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected one character.`);
  return written;
}
