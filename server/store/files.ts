/**
 * Files of executions on this disk. `kestra:///a/b.txt` is the file `files/a/b.txt`: no segment may be `.` or `..`, hold a NUL or a
 * backslash, or be a symbolic link, so that no URI and no file that a task leaves behind leads out of the folder. A segment that is
 * too long for a file name is stored under its hash.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream, lstatSync, readFileSync } from 'node:fs';
import { copyFile, lstat, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { illegalArgument, notFound } from '../../core/protocol/errors.ts';
import type { FileStorage } from './contract.ts';

export interface FileStorageOptions {
  readonly folder: string;
  /** On the same disk as `folder`, so that an upload is only renamed. */
  readonly uploads: string;
  /** Names for files that are being written. */
  readonly uniqueName: () => string;
}

const scheme = 'kestra://';
const segmentBytesMax = 200;
const segmentCountMax = 64;
const readNoFollow = constants.O_RDONLY | constants.O_NOFOLLOW;

/** The segments of a `kestra:///` URI; throws a 422 that names what is wrong with it. */
export function segmentsOfUri(uri: string): readonly string[] {
  const refuse = (why: string): never => {
    throw illegalArgument(`file URI ${JSON.stringify(uri.slice(0, 300))} ${why}; expected kestra:///folder/name`);
  };
  if (!uri.startsWith(`${scheme}/`)) return refuse('does not begin with kestra:///');
  const segments = uri.slice(scheme.length + 1).split('/');
  if (segments.length > segmentCountMax) return refuse(`has more than ${segmentCountMax} parts`);
  for (const segment of segments) {
    if (segment === '') return refuse('has an empty part');
    if (segment === '.' || segment === '..') return refuse(`has the part "${segment}"`);
    // A backslash is a separator on Windows and in some archives; NUL ends a path in C.
    if (/[\\\0]/.test(segment)) return refuse('holds a backslash or a NUL character');
  }
  return segments;
}

export function createFileStorage(options: FileStorageOptions): FileStorage {
  const pathOf = (uri: string): string => join(options.folder, ...segmentsOfUri(uri).map(fileNameOf));
  const checkedPath = (uri: string): string => {
    const path = pathOf(uri);
    refuseLinks(options.folder, uri);
    return path;
  };
  const prepare = async (uri: string): Promise<string> => {
    const path = pathOf(uri);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? found.size : undefined;
    },
    remove: async (uri) => {
      await rm(checkedPath(uri), { force: true });
    },
    removeAll: async (uriPrefix) => {
      await rm(checkedPath(uriPrefix.replace(/\/+$/, '')), { recursive: true, force: true });
    },
    uploadPath,
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

function fileNameOf(segment: string): string {
  if (Buffer.byteLength(segment) <= segmentBytesMax) return segment;
  const dot = segment.lastIndexOf('.');
  const extension = dot > 0 && segment.length - dot <= 12 ? segment.slice(dot) : '';
  return `long-${createHash('sha256').update(segment).digest('hex')}${extension}`;
}

/** No folder on the way may be a link: renames put only regular files here, so a link is tampering. */
function refuseLinks(folder: string, uri: string): void {
  let path = folder;
  for (const segment of segmentsOfUri(uri)) {
    path = join(path, fileNameOf(segment));
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw illegalArgument(`file URI ${JSON.stringify(uri.slice(0, 300))} leads through a symbolic link`);
  }
}

async function missingIsNotFound<Value>(uri: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw translated(uri, error);
  }
}

function translated(uri: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' ? notFound(uri) : error;
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
