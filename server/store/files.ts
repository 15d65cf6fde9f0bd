/** Files of executions and namespaces on this disk: `kestra:///a/b.txt` is the file `files/a/b.txt` (`file-paths.ts`). */
import { constants, createReadStream, readFileSync } from 'node:fs';
import { copyFile, lstat, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { illegalArgument, notFound } from '../../core/protocol/errors.ts';
import type { FileStorage } from './contract.ts';
import { checkedPathOfUri, codeOf, missingIsNotFound, pathOfUri, readNoFollow, refuseLinks, statsOf, translated } from './file-paths.ts';
import { createFolders } from './folders.ts';

export interface FileStorageOptions {
  readonly folder: string;
  /** On the same disk as `folder`, so that an upload is only renamed. */
  readonly uploads: string;
  /** Names for files that are being written. */
  readonly uniqueName: () => string;
}

const writtenBlockBytes = 256 * 1024;

export function createFileStorage(options: FileStorageOptions): FileStorage {
  const checkedPath = (uri: string): string => checkedPathOfUri(options.folder, uri);
  const prepare = async (uri: string): Promise<string> => {
    const path = pathOfUri(options.folder, uri);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR') throw illegalArgument(`"${uri}" can not be written: a part of its path is a file`);
      throw error;
    }
    if (statsOf(path)?.isDirectory() === true) throw illegalArgument(`"${uri}" can not be written: it is a folder`);
    refuseLinks(options.folder, uri);
    return path;
  };
  const uploadPath = (): string => join(options.uploads, options.uniqueName());

  return {
    take: async (uri, path) => {
      const found = await lstat(path);
      // A task may leave a link to any file of this machine and ask to store it.
      if (!found.isFile()) throw illegalArgument(`"${uri}" cannot be stored: what is to be taken is no regular file`);
      const target = await prepare(uri);
      try {
        await rename(path, target);
      } catch (error) {
        if (codeOf(error) !== 'EXDEV') throw error;
        const draft = uploadPath();
        await copyFile(path, draft, constants.COPYFILE_EXCL);
        await rename(draft, target);
        await unlink(path);
      }
    },
    put: async (uri, content) => {
      const target = await prepare(uri);
      const draft = uploadPath();
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
      await rename(draft, target);
    },
    putStream: async (uri, content) => {
      const draft = uploadPath();
      const file = await open(draft, 'wx', 0o600);
      let sizeBytes = 0;
      try {
        try {
          // Rows come one by one; the disk gets them by the block.
          let block: Uint8Array[] = [];
          let blockBytes = 0;
          const write = async (): Promise<void> => {
            await file.appendFile(Buffer.concat(block));
            sizeBytes += blockBytes;
            block = [];
            blockBytes = 0;
          };
          for await (const piece of content) {
            const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
            block.push(bytes);
            blockBytes += bytes.byteLength;
            if (blockBytes >= writtenBlockBytes) await write();
          }
          if (blockBytes > 0) await write();
        } finally {
          await file.close();
        }
        await rename(draft, await prepare(uri));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      return sizeBytes;
    },
    read: async (uri) => {
      const path = checkedPath(uri);
      return missingIsNotFound(uri, () => readFile(path, { flag: readNoFollow }));
    },
    readSync: (uri) => {
      const path = checkedPath(uri);
      try {
        return readFileSync(path, { flag: readNoFollow as unknown as string });
      } catch (error) {
        throw translated(uri, error);
      }
    },
    stream: (uri, range) => streamOf(uri, checkedPath(uri), range),
    sizeBytes: (uri) => {
      const path = checkedPath(uri);
      const found = statsOf(path);
      return found?.isFile() === true ? found.size : undefined;
    },
    remove: async (uri) => {
      await rm(checkedPath(uri), { force: true });
    },
    removeAll: async (uriPrefix) => {
      await rm(checkedPath(uriPrefix.replace(/\/+$/, '')), { recursive: true, force: true });
    },
    uploadPath,
    ...createFolders(options.folder),
  };
}

async function* streamOf(uri: string, path: string, range: { readonly start: number; readonly end: number } | undefined): AsyncGenerator<Uint8Array> {
  const found = await missingIsNotFound(uri, () => stat(path));
  if (!found.isFile()) throw notFound(uri);
  const stream = createReadStream(path, { flags: readNoFollow as unknown as string, highWaterMark: 256 * 1024, ...(range === undefined ? {} : { start: range.start, end: range.end }) });
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw translated(uri, error);
  } finally {
    stream.destroy();
  }
}

