/** `file:///` addresses: files of this machine that flows may read, only below folders that the configuration names. */
import { createReadStream, readFileSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface LocalFiles {
  sizeBytes(uri: string): number | undefined;
  readSync(uri: string): Uint8Array;
  read(uri: string): Promise<Uint8Array>;
  stream(uri: string): AsyncIterable<Uint8Array>;
}

export const isLocal = (uri: string): boolean => uri.startsWith('file:');

/** `folders`: absolute. None: every address is refused with the name of the setting. */
export function createLocalFiles(folders: readonly string[]): LocalFiles {
  const refuse = (uri: string, why: string): never => {
    throw new Error(`The file "${uri.slice(0, 300)}" can not be read: ${why}.`);
  };
  /** Undefined when there is no such file. Links are followed first, so that none leads out of an allowed folder. */
  const pathOf = (uri: string): string | undefined => {
    if (folders.length === 0) return refuse(uri, 'file:/// addresses are switched off; name the folders that flows may read under "localFiles" in the server\'s configuration');
    let path: string;
    try {
      path = fileURLToPath(uri);
    } catch {
      return refuse(uri, 'it is no address of a file of this machine; expected file:///folder/name');
    }
    // Also before the file is looked for: whether a forbidden file exists is nobody's business.
    if (path.includes('\0') || !folders.some((folder) => path.startsWith(`${withoutEnd(folder)}${sep}`))) return outside(uri);
    const real = realPathOf(path);
    if (real === undefined) return undefined;
    if (!folders.some((folder) => real.startsWith(`${withoutEnd(realPathOf(folder) ?? folder)}${sep}`))) return outside(uri);
    return real;
  };
  const outside = (uri: string): never => refuse(uri, `it lies outside of the folders that flows may read (${folders.join(', ')}; setting "localFiles")`);
  const plain = (uri: string): { readonly path: string; readonly sizeBytes: number } | undefined => {
    const path = pathOf(uri);
    const found = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    if (path === undefined || found === undefined) return undefined;
    // A device or a pipe would never end.
    return found.isFile() ? { path, sizeBytes: found.size } : refuse(uri, 'it is no plain file');
  };
  const existing = (uri: string): string => plain(uri)?.path ?? refuse(uri, 'there is no such file');
  return {
    sizeBytes: (uri) => plain(uri)?.sizeBytes,
    readSync: (uri) => readFileSync(existing(uri)),
    read: (uri) => readFile(existing(uri)),
    stream: (uri) => createReadStream(existing(uri), { flags: 'r', highWaterMark: 256 * 1024 }),
  };
}

const withoutEnd = (folder: string): string => folder.replace(/\/+$/, '');

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
