/** Tar archives (POSIX ustar with pax names, as Docker writes and reads them), piece by piece: no archive is in memory as a whole. */
import { Buffer } from 'node:buffer';

export interface TarEntry {
  /** Relative, without a leading slash. */
  readonly path: string;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const blockBytes = 512;
/** A name or a pax header longer than this is no archive that we want. */
const headerBytesMax = 1024 * 1024;

/** Folders first, each before what lies in it. */
export async function* packTar(folders: Iterable<{ readonly path: string; readonly mode: number }>, files: AsyncIterable<TarEntry> | Iterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for (const folder of folders) yield* headersOf(`${folder.path}/`, folder.mode, 0, '5');
  for await (const file of files) {
    yield* headersOf(file.path, file.mode, file.sizeBytes, '0');
    let written = 0;
    for await (const chunk of file.content) {
      // A file that still grows: the archive has the size that it was told.
      const rest = file.sizeBytes - written;
      if (rest <= 0) break;
      const piece = chunk.byteLength > rest ? chunk.subarray(0, rest) : chunk;
      written += piece.byteLength;
      yield piece;
    }
    // And one that became shorter is filled up.
    const missing = file.sizeBytes - written + paddingOf(file.sizeBytes);
    for (let left = missing; left > 0; left -= blockBytes * 128) yield Buffer.alloc(Math.min(left, blockBytes * 128));
  }
  yield Buffer.alloc(blockBytes * 2);
}

function* headersOf(path: string, mode: number, sizeBytes: number, type: '0' | '5'): Generator<Uint8Array> {
  const isPlain = Buffer.byteLength(path) <= 100 && /^[\x20-\x7e]*$/.test(path) && sizeBytes < 0o77777777777;
  if (!isPlain) {
    const records = Buffer.concat([paxRecord('path', path), ...(sizeBytes >= 0o77777777777 ? [paxRecord('size', String(sizeBytes))] : [])]);
    yield headerOf('pax', 0o644, records.byteLength, 'x');
    yield records;
    yield Buffer.alloc(paddingOf(records.byteLength));
  }
  yield headerOf(isPlain ? path : 'long', mode, Math.min(sizeBytes, 0o77777777777), type);
}

/** `LENGTH key=value\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  while (String(length).length + rest !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function headerOf(name: string, mode: number, sizeBytes: number, type: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number): void => void block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0, 100, 'utf8');
  octal(mode & 0o7777, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(block.reduce((sum, byte) => sum + byte, 0), 148, 7);
  return block;
}

const paddingOf = (sizeBytes: number): number => (blockBytes - (sizeBytes % blockBytes)) % blockBytes;

/** The plain files of an archive, one after the other; links, devices and folders are passed over. `content` is read to its end before the next. */
export async function* unpackTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = byteReader(chunks);
  let longPath: string | undefined;
  let longSize: number | undefined;
  for (;;) {
    const header = await reader.read(blockBytes);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const type = String.fromCharCode(header[156] ?? 0);
    const size = longSize ?? sizeIn(header);
    if (type === 'x' || type === 'g' || type === 'L') {
      if (size > headerBytesMax) throw new Error(`The archive has a header of ${size} bytes: it is no archive of ours.`);
      const bytes = await reader.read(size);
      await reader.skip(paddingOf(size));
      if (bytes === undefined) throw new Error('The archive ends in the middle of a header.');
      if (type === 'L') longPath = bytes.toString('utf8').replace(/\0+$/, '');
      if (type === 'x') {
        const records = paxRecords(bytes);
        longPath = records.get('path') ?? longPath;
        longSize = records.has('size') ? Number(records.get('size')) : undefined;
      }
      continue;
    }
    const prefix = textIn(header, 345, 155);
    const path = longPath ?? (prefix === '' ? textIn(header, 0, 100) : `${prefix}/${textIn(header, 0, 100)}`);
    longPath = undefined;
    longSize = undefined;
    if (type === '0' || type === '\0' || type === '7') {
      const content = reader.pieces(size);
      yield { path: path.replace(/^(\.?\/)+/, ''), mode: Number.parseInt(textIn(header, 100, 8), 8) || 0o644, sizeBytes: size, content };
      // What the reader of the entry left.
      for await (const _piece of content) continue;
    } else await reader.skip(size);
    await reader.skip(paddingOf(size));
  }
}

const textIn = (header: Buffer, at: number, length: number): string => header.subarray(at, at + length).toString('utf8').replace(/\0[\s\S]*$/, '').trim();

function sizeIn(header: Buffer): number {
  const first = header[124] ?? 0;
  // Sizes from 8 GiB on are binary (GNU).
  if ((first & 0x80) !== 0) return header.subarray(125, 136).reduce((sum, byte) => sum * 256 + byte, 0);
  return Number.parseInt(textIn(header, 124, 12), 8) || 0;
}

function paxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.byteLength; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString('latin1'));
    if (space === -1 || !Number.isInteger(length) || length <= 0) break;
    const record = bytes.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    if (equals !== -1) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function byteReader(chunks: AsyncIterable<Uint8Array>) {
  const source = chunks[Symbol.asyncIterator]();
  let buffered = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done === true) return false;
    buffered = buffered.byteLength === 0 ? Buffer.from(next.value) : Buffer.concat([buffered, next.value]);
    return true;
  };
  async function* pieces(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (buffered.byteLength === 0 && !await more()) throw new Error('The archive ends in the middle of a file.');
      const piece = buffered.subarray(0, Math.min(left, buffered.byteLength));
      buffered = buffered.subarray(piece.byteLength);
      left -= piece.byteLength;
      yield piece;
    }
  }
  return {
    /** Undefined at the end of the archive. */
    read: async (size: number): Promise<Buffer | undefined> => {
      while (buffered.byteLength < size) if (!await more()) return undefined;
      const bytes = buffered.subarray(0, size);
      buffered = buffered.subarray(size);
      return bytes;
    },
    skip: async (size: number): Promise<void> => {
      for await (const _piece of pieces(size)) continue;
    },
    pieces,
  };
}
