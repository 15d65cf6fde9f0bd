/** The files of one task run: a directory of its own below the data directory, and the internal storage. */
import { constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { globMatcher } from '../../plugins/sdk/glob.ts';
import type { TaskFiles } from '../../plugins/sdk/index.ts';
import type { FileStorage } from '../store/contract.ts';
import type { ReadableFiles } from './readable-files.ts';
import { safePath, safeSegments } from './safe-path.ts';
import { assertStorageUri, encodedName, executionUriPrefix, isOfExecution, taskCacheUri, taskRunUriPrefix } from './storage-uri.ts';

/** Files that one `find` looks at; a script that makes more gets a sentence instead of a full memory. */
const foundFilesMax = 100_000;

export interface OwnedTaskFiles extends TaskFiles {
  /** Removes the directory with all that is in it. */
  remove(): Promise<void>;
}

export interface TaskFilesOptions {
  readonly temporaryDirectory: string;
  readonly storage: FileStorage;
  /** What the task may read. */
  readonly readable: ReadableFiles;
  readonly execution: ExecutionRow;
  readonly taskId: string;
  readonly taskRunId: string;
  /** Of an iteration. */
  readonly value?: string;
  /** The task run whose directory it works in; nothing of it is removed. */
  readonly directoryOf?: string;
}

/** The directory that the tasks of a WorkingDirectory share. */
export const sharedDirectory = (temporaryDirectory: string, taskRunId: string): string => join(temporaryDirectory, `shared-${taskRunId}`);

export function createTaskFiles(options: TaskFilesOptions): OwnedTaskFiles {
  const { storage, readable, execution } = options;
  const prefix = taskRunUriPrefix(execution, options.taskId, options.taskRunId);
  const cacheUri = taskCacheUri(execution, options.taskId, options.value);
  let made: Promise<string> | undefined;
  const workingDirectory = (): Promise<string> => (made ??= options.directoryOf === undefined ? makeDirectory(options.temporaryDirectory) : Promise.resolve(sharedDirectory(options.temporaryDirectory, options.directoryOf)));

  /** Creates the file; never follows a link and never opens what is no plain file. */
  const created = async (path: string, write: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<string> => {
    const directory = await workingDirectory();
    await makeFolders(directory, safeSegments(path).slice(0, -1));
    const target = await safePath(directory, path);
    const handle = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
    try {
      await write(handle);
    } finally {
      await handle.close();
    }
    return target;
  };

  const existing = (uri: string): string => {
    if (readable.sizeBytes(uri) === undefined) throw new Error(`There is no file "${uri.slice(0, 300)}" in the internal storage.`);
    return uri;
  };
  return {
    workingDirectory,
    read: async (uri) => readable.read(existing(uri)),
    write: (path, content) => created(path, async (handle) => {
      if (typeof content === 'string' || content instanceof Uint8Array) return handle.writeFile(content);
      for await (const chunk of content) await handle.appendFile(chunk);
    }),
    fetch: async (uri, path) => {
      const source = readable.stream(existing(uri));
      return created(path, async (handle) => {
        // Each call goes on behind the last one, and writes all of its chunk.
        for await (const chunk of source) await handle.appendFile(chunk);
      });
    },
    put: async (name, content) => {
      const uri = `${prefix}${encodedName(safeSegments(name).join('/'))}`;
      await storage.put(uri, content);
      return uri;
    },
    store: async (path, name) => {
      const source = await safePath(await workingDirectory(), path);
      // O_NOFOLLOW and the type are looked at on the opened file, so that nothing can be swapped in between.
      const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
        throw new Error(`The file "${path.slice(0, 200)}" cannot be stored: ${cause.code === 'ENOENT' ? 'there is none in the task\'s directory' : cause.message}.`, { cause });
      });
      try {
        if (!(await handle.stat()).isFile()) throw new Error(`"${path.slice(0, 200)}" cannot be stored: it is no plain file.`);
        // Whatever the script made of it: the storage reads it again, and nobody else.
        await handle.chmod(0o600);
      } finally {
        await handle.close();
      }
      const uri = `${prefix}${encodedName(safeSegments(name ?? path).join('/'))}`;
      await storage.take(uri, source);
      return uri;
    },
    cached: async () => (storage.sizeBytes(cacheUri) === undefined ? undefined : storage.read(cacheUri)),
    cache: (content) => storage.put(cacheUri, content),
    stream: (uri) => readable.stream(existing(uri)),
    sizeBytes: (uri) => readable.sizeBytes(uri),
    putStream: async (name, content) => {
      const uri = `${prefix}${encodedName(safeSegments(name).join('/'))}`;
      return { uri, sizeBytes: await storage.putStream(uri, content) };
    },
    removeStored: async (uri) => {
      assertStorageUri(uri);
      if (!isOfExecution(uri, execution)) throw new Error(`The file "${uri.slice(0, 300)}" is not one of this execution, or of the execution that triggered it: a task deletes only those. Files of a namespace are deleted by io.kestra.plugin.core.namespace.DeleteFiles.`);
      const wasThere = storage.sizeBytes(uri) !== undefined;
      await storage.remove(uri);
      return wasThere;
    },
    removeOfExecution: async () => {
      const folder = executionUriPrefix(execution.namespace, execution.flowId, execution.id);
      const uris: string[] = [];
      for await (const file of storage.files(folder)) if (uris.length < foundFilesMax) uris.push(file.uri);
      await storage.removeAll(folder);
      return uris;
    },
    find: async (globs) => {
      const matches = globMatcher(globs);
      return (await plainFiles(await workingDirectory())).filter(matches).sort();
    },
    isShared: options.directoryOf !== undefined,
    discard: async (path) => rm(await safePath(await workingDirectory(), path), { recursive: true, force: true }),
    cacheDirectory: async () => {
      const directory = join(dirname(options.temporaryDirectory), 'cache');
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return directory;
    },
    remove: async () => {
      if (made === undefined || options.directoryOf !== undefined) return;
      const directory = await made;
      await rm(directory, { recursive: true, force: true }).catch(async (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EACCES' && cause.code !== 'EPERM') throw cause;
        // A script may take the right to write away from its own folders.
        await allowWriting(directory);
        await rm(directory, { recursive: true, force: true });
      });
    },
  };
}

/** Removes a working directory with all that is in it. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EACCES' && cause.code !== 'EPERM') throw cause;
    // A script may take the right to write away from its own folders.
    await allowWriting(directory);
    await rm(directory, { recursive: true, force: true });
  });
}

async function makeDirectory(temporaryDirectory: string): Promise<string> {
  await mkdir(temporaryDirectory, { recursive: true, mode: 0o700 });
  return mkdtemp(join(temporaryDirectory, 'task-'));
}

async function makeFolders(directory: string, segments: readonly string[]): Promise<void> {
  if (segments.length === 0) return;
  // Looked at link by link before anything is made below it.
  await mkdir(dirname(join(await safePath(directory, segments.join('/')), 'file')), { recursive: true });
}

async function allowWriting(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) if (entry.isDirectory()) await allowWriting(join(directory, entry.name));
}

/** Relative paths of plain files; links are neither followed nor listed. */
async function plainFiles(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile()) found.push(path);
      if (found.length > foundFilesMax) throw new Error(`The task's directory has more than ${foundFilesMax} files: write fewer, or pack them into one.`);
    }
  }
  return found;
}
