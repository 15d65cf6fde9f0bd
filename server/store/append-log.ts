/**
 * A small file that rows are appended to before LMDB has them: one `pwrite` and they survive kill -9, one `fdatasync` and they
 * survive a loss of power. The file has its full size from the beginning, so neither call changes anything but these bytes.
 *
 * A record: length (u32), CRC-32 over what follows it (u32), sequence (u48), payload. Reading ends at the first record that is torn or does
 * not follow the one before: sequences are never used twice, so what an earlier round left behind never follows.
 */
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, readSync, writeSync, constants } from 'node:fs';
import { StoreError } from './errors.ts';

export interface AppendLogRecord {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export interface AppendLog {
  /** What was there when it was opened, in order. */
  readonly found: readonly AppendLogRecord[];
  /** Nothing was there, not even a part of a record. */
  readonly empty: boolean;
  /** False: there is no room for it, nothing was written. Throws when the disk fails. */
  append(sequence: number, payload: Uint8Array): boolean;
  /** Everything appended so far is on the disk. */
  sync(): Promise<void>;
  /** Everything in it is safe elsewhere: the next record is the first. */
  rewind(): void;
  /** Wipes it, on the disk too. */
  wipe(): void;
  close(): void;
}

const headerBytes = 4 + 4 + 6;
const defaultCapacityBytes = 1024 * 1024;

/** Opens the log at `path`, which is made when it is missing. */
export function openAppendLog(path: string, capacityBytes = defaultCapacityBytes): AppendLog {
  let file: number;
  let found: readonly AppendLogRecord[];
  let empty: boolean;
  try {
    file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const sizeBytes = fstatSync(file).size;
    const bytes = readWhole(file, sizeBytes);
    found = recordsOf(bytes);
    empty = bytes.equals(Buffer.alloc(bytes.length));
    if (sizeBytes < capacityBytes) {
      writeAll(file, Buffer.alloc(capacityBytes - sizeBytes), sizeBytes);
      fsyncSync(file);
    }
  } catch (error) {
    throw new StoreError('failed', `"${path}" cannot be opened: ${error instanceof Error ? error.message : String(error)}. Free some space, or restore the data directory from a backup.`, { cause: error });
  }
  let position = 0;
  let closed = false;
  return {
    found, empty,
    append: (sequence, payload) => {
      if (closed || position + headerBytes + payload.byteLength > capacityBytes) return false;
      const record = Buffer.allocUnsafe(headerBytes + payload.byteLength);
      record.writeUInt32BE(payload.byteLength, 0);
      record.writeUIntBE(sequence, 8, 6);
      record.set(payload, headerBytes);
      record.writeUInt32BE(crc32(record, 8), 4);
      writeAll(file, record, position);
      position += record.byteLength;
      return true;
    },
    sync: () => new Promise((resolve, reject) => {
      if (closed) resolve();
      // Closed meanwhile: it was wiped before, and there is nothing to keep.
      else fdatasync(file, (error) => (error === null || closed ? resolve() : reject(error)));
    }),
    rewind: () => {
      position = 0;
    },
    wipe: () => {
      position = 0;
      writeAll(file, Buffer.alloc(Math.max(capacityBytes, fstatSync(file).size)), 0);
      fsyncSync(file);
    },
    close: () => {
      if (closed) return;
      closed = true;
      closeSync(file);
    },
  };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 of IEEE 802.3, from `start` on. Node's own came after 20.0. */
function crc32(bytes: Uint8Array, start: number): number {
  let remainder = 0xffffffff;
  for (let at = start; at < bytes.length; at += 1) remainder = (remainder >>> 8) ^ (crcTable[(remainder ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~remainder >>> 0;
}

function recordsOf(bytes: Buffer): AppendLogRecord[] {
  const records: AppendLogRecord[] = [];
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const record = bytes.subarray(at, at + headerBytes + length);
    if (record.length < headerBytes + length || crc32(record, 8) !== record.readUInt32BE(4)) break;
    const sequence = record.readUIntBE(8, 6);
    const before = records.at(-1);
    if (before !== undefined && sequence !== before.sequence + 1) break;
    records.push({ sequence, payload: record.subarray(headerBytes) });
    at += record.length;
  }
  return records;
}

function readWhole(file: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let at = 0;
  while (at < sizeBytes) {
    const read = readSync(file, bytes, at, sizeBytes - at, at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.byteLength) done += writeSync(file, bytes, done, bytes.byteLength - done, position + done);
}
