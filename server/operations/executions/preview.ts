/** What a file looks like, from its head alone: a file of any size is opened with at most `textBytesMax` read. */
import type * as Ion from 'ion-js';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { FilePreview } from '../../../core/protocol/operations/executions.ts';

export interface PreviewFile {
  /** For the extension. */
  readonly name: string;
  readonly sizeBytes: number;
  /** The bytes from the start, as many as are asked for. */
  readonly head: (bytes: number) => AsyncIterable<Uint8Array>;
}
export interface PreviewOptions {
  readonly maxRows: number;
  /** A label of the Encoding standard: UTF-8, ISO-8859-1, windows-1252, … */
  readonly encoding: string;
}

const textBytesMax = 1024 * 1024;
/** Images and PDFs are shown whole or not at all. */
const wholeBytesMax = 10 * 1024 * 1024;
const images: ReadonlySet<string> = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg', 'bmp', 'ico', 'avif']);

export async function previewOf(file: PreviewFile, { maxRows, encoding }: PreviewOptions): Promise<FilePreview> {
  const extension = file.name.includes('.') ? file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase() : '';
  if (images.has(extension)) return { extension, type: 'IMAGE', ...(await whole(file)), maxLine: maxRows };
  if (extension === 'pdf') return { extension, type: 'PDF', ...(await whole(file)), maxLine: maxRows };
  const { bytes, isWhole } = await headOf(file, maxRows, extension);
  const shown = (type: FilePreview['type'], content: unknown, truncated: boolean): FilePreview => ({ extension, type, content, maxLine: maxRows, truncated });
  if (extension === 'ion' && isBinaryIon(bytes)) {
    const rows = await ionRows(bytes, maxRows);
    return shown('LIST', rows.values, rows.more || !isWhole);
  }
  const text = decoderOf(encoding).decode(bytes);
  switch (extension) {
    case 'csv': case 'tsv': {
      const { rows, more } = csvRows(text, maxRows, extension === 'tsv' ? '\t' : separatorOf(text), isWhole);
      return shown('LIST', rows, more || !isWhole);
    }
    case 'ion': case 'ndjson': case 'jsonl': {
      const { rows, truncated } = linesOf(text, maxRows, isWhole);
      const values = rows.filter((row) => row.trim() !== '').map(jsonOf);
      if (values.every((value) => value !== undefined)) return shown('LIST', values, truncated);
      if (extension !== 'ion') return shown('LIST', rows.map((row) => jsonOf(row) ?? row), truncated);
      const ion = await ionRows(text, maxRows);
      // The reader forgives a value that is never closed: of a head the last one is cut somewhere.
      return shown('LIST', isWhole || ion.values.length >= maxRows ? ion.values : ion.values.slice(0, -1), ion.more || !isWhole);
    }
    case 'json': {
      const value = isWhole ? jsonOf(text) : undefined;
      if (Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null)) return shown('LIST', value.slice(0, maxRows), value.length > maxRows);
      const { rows, truncated } = linesOf(value === undefined ? text : JSON.stringify(value, null, 2), maxRows, isWhole);
      return shown('TEXT', rows.join('\n'), truncated);
    }
    default: {
      const { rows, truncated } = linesOf(text, maxRows, isWhole);
      return shown(extension === 'md' || extension === 'markdown' ? 'MARKDOWN' : 'TEXT', rows.join('\n'), truncated);
    }
  }
}

// ------------------------------------------------------------------ bytes

async function whole(file: PreviewFile): Promise<{ readonly content: string; readonly truncated: boolean }> {
  if (file.sizeBytes > wholeBytesMax) return { content: '', truncated: true };
  return { content: Buffer.from(await read(file, file.sizeBytes)).toString('base64'), truncated: false };
}

async function read(file: PreviewFile, bytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  if (bytes > 0) for await (const part of file.head(bytes)) parts.push(part);
  return Buffer.concat(parts);
}

/** As much as holds the rows: reading ends with the line after the last one that is shown. */
async function headOf(file: PreviewFile, maxRows: number, extension: string): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
  const most = Math.min(file.sizeBytes, textBytesMax);
  if (most === 0) return { bytes: new Uint8Array(0), isWhole: true };
  // A value of JSON, ION or CSV may take many lines.
  const isByLine = !['json', 'ion', 'csv', 'tsv'].includes(extension);
  const parts: Uint8Array[] = [];
  let lines = 0;
  let length = 0;
  for await (const part of file.head(most)) {
    parts.push(part);
    length += part.byteLength;
    if (!isByLine) continue;
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) lines += 1;
    if (lines > maxRows) break;
  }
  return { bytes: Buffer.concat(parts), isWhole: length >= file.sizeBytes };
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw illegalArgument(`encoding "${encoding.slice(0, 100)}" is unknown; expected one such as UTF-8, ISO-8859-1 or windows-1252`);
  }
}

// ------------------------------------------------------------------ rows

function linesOf(text: string, maxRows: number, isWhole: boolean): { readonly rows: readonly string[]; readonly truncated: boolean } {
  const lines = text.split(/\r?\n/);
  if (isWhole && lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  // The last line of a head is cut somewhere, unless it is all there is.
  if (!isWhole && lines.length > 1 && lines.length <= maxRows) lines.pop();
  return { rows: lines.slice(0, maxRows), truncated: !isWhole || lines.length > maxRows };
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Whichever of comma, semicolon and tab is most often in the first line. */
function separatorOf(text: string): string {
  const [line = ''] = text.split('\n', 1);
  const often = (mark: string): number => line.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (often(mark) > often(best) ? mark : best));
}

/** RFC 4180: quotes hold separators, line ends and, doubled, themselves. Rows are maps by the first line's names. */
function csvRows(text: string, maxRows: number, separator: string, isWhole: boolean): { readonly rows: readonly Readonly<Record<string, string>>[]; readonly more: boolean } {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let quoted = false;
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let at = 0;
  const endRecord = (): void => {
    record.push(cell);
    cell = '';
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  };
  for (; at < source.length && records.length <= maxRows; at += 1) {
    const char = source.charAt(at);
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === separator) {
      record.push(cell);
      cell = '';
    } else if (char === '\n') endRecord();
    else if (char !== '\r' || source.charAt(at + 1) !== '\n') cell += char;
  }
  // Of a head the last record is cut somewhere.
  if (isWhole && records.length <= maxRows && (cell !== '' || record.length > 0)) endRecord();
  const [names = [], ...rest] = records;
  const unique = names.map((name, index) => { const own = name.trim() === '' ? `column ${index + 1}` : name.trim(); return names.indexOf(name) === index ? own : `${own} (${index + 1})`; });
  const rows = rest.slice(0, maxRows).map((cells) => Object.fromEntries(Array.from({ length: Math.max(unique.length, cells.length) }, (_, index) => [unique[index] ?? `column ${index + 1}`, cells[index] ?? ''])));
  return { rows, more: at < source.length || rest.length > maxRows };
}

// ------------------------------------------------------------------ ION

const isBinaryIon = (bytes: Uint8Array): boolean => bytes[0] === 0xe0 && bytes[1] === 0x01 && bytes[2] === 0x00 && bytes[3] === 0xea;

/** The values that are whole; where the head is cut, or the text is no ION, reading ends. */
async function ionRows(source: string | Uint8Array, maxRows: number): Promise<{ readonly values: readonly unknown[]; readonly more: boolean }> {
  // Loaded at the first such file: it is large, and most servers never see one.
  const ion = await import('ion-js');
  const values: unknown[] = [];
  try {
    const reader = ion.makeReader(source);
    while (reader.next() !== null) {
      if (values.length >= maxRows) return { values, more: true };
      const value = ion.dom.load(reader);
      if (value !== null) values.push(plain(ion, value));
    }
  } catch {
    return { values, more: true };
  }
  return { values, more: false };
}

function plain(ion: typeof Ion, value: Ion.dom.Value): unknown {
  if (value.isNull()) return null;
  switch (value.getType()) {
    case ion.IonTypes.STRUCT: return Object.fromEntries(value.fields().map(([name, member]) => [name, plain(ion, member)]));
    case ion.IonTypes.LIST: case ion.IonTypes.SEXP: return value.elements().map((element) => plain(ion, element));
    case ion.IonTypes.BOOL: return value.booleanValue();
    case ion.IonTypes.INT: case ion.IonTypes.FLOAT: case ion.IonTypes.DECIMAL: return value.numberValue();
    case ion.IonTypes.STRING: case ion.IonTypes.SYMBOL: return value.stringValue();
    case ion.IonTypes.TIMESTAMP: return value.timestampValue()?.toString().replace(/T$/, '') ?? null;
    default: return String(value);
  }
}
