/**
 * Files of rows: one value a line, as Ion text. What we write is the part of Ion that is JSON, too, so that everybody reads it; what is
 * read may be any Ion text with one value a line.
 */
import type { dom } from 'ion-js';
import { parseJsonText } from '../../core/protocol/json.ts';
import { clipped, messageOf, TaskFailure } from './values.ts';

/** A longer line is refused: it has to be held in memory. */
export const lineCharsMax = 16 * 1024 * 1024;

/** Lines of a stream of bytes without their ends, `\n` or `\r\n`; the last one may end with the file. */
export function lines(content: AsyncIterable<Uint8Array>, charset = 'utf-8'): AsyncGenerator<string> {
  return separated(content, '\n', charset, true);
}

/** Pieces between separators. */
export async function* separated(content: AsyncIterable<Uint8Array>, separator: string, charset = 'utf-8', dropsReturn = false): AsyncGenerator<string> {
  const decoder = decoderOf(charset);
  let rest = '';
  const whole = (text: string): string => (dropsReturn && text.endsWith('\r') ? text.slice(0, -1) : text);
  const pieces = function* (): Generator<string> {
    let from = 0;
    for (let at = rest.indexOf(separator); at !== -1; at = rest.indexOf(separator, from)) {
      yield whole(rest.slice(from, at));
      from = at + separator.length;
    }
    rest = rest.slice(from);
    if (rest.length > lineCharsMax) throw new TaskFailure(`The file has a line of more than ${lineCharsMax} characters: this task reads files line by line.`);
  };
  for await (const chunk of content) {
    rest += decoder.decode(chunk, { stream: true });
    yield* pieces();
  }
  rest += decoder.decode();
  yield* pieces();
  if (rest !== '') yield whole(rest);
}

/** Throws with the name of the property when nobody knows the charset. */
export function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    throw new TaskFailure(`The property "charset" is "${clipped(charset)}": expected a charset such as UTF-8 or ISO-8859-1.`);
  }
}

/** The values of a file of rows. */
export async function* ionRows(content: AsyncIterable<Uint8Array>, charset?: string): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of lines(content, charset)) {
    number += 1;
    if (line.trim() === '') continue;
    yield await parseIonLine(line, number);
  }
}

/** One value of Ion (or JSON) text. `number` is the line's, for the message. */
export async function parseIonLine(line: string, number: number): Promise<unknown> {
  try {
    return parseJsonText(line);
  } catch {
    // Ion that is no JSON: read by its library below.
  }
  // Loaded at the first such line: it is large, and our own files never need it.
  const ion = await import('ion-js');
  let values: dom.Value[];
  try {
    values = ion.loadAll(line);
  } catch (thrown) {
    throw new TaskFailure(`Line ${number} of the file is no Ion or JSON value (${messageOf(thrown)}): ${clipped(line)}`);
  }
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new TaskFailure(`Line ${number} of the file holds ${values.length} values, expected one a line: ${clipped(line)}`);
  return plain(value);
}

function plain(value: dom.Value): unknown {
  if (value.isNull()) return null;
  switch (value.getType().name) {
    case 'bool': return value.booleanValue();
    case 'int': case 'float': case 'decimal': return value.numberValue();
    // A date without a time ends with a bare T in Ion.
    case 'timestamp': return value.timestampValue()?.toString().replace(/T$/, '') ?? null;
    case 'string': case 'symbol': return value.stringValue();
    case 'list': case 'sexp': return value.elements().map(plain);
    case 'struct': return Object.fromEntries(value.fields().map(([name, field]) => [name, plain(field)]));
    default: return value.toString();
  }
}

/** The line of a value, with its end. */
export const ionLine = (value: unknown): string => `${JSON.stringify(value) ?? 'null'}\n`;
