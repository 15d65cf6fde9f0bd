/** Folders of the internal storage: what lies in them, moving, and tidying up. Links are neither followed nor shown. */
import type { Stats } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { illegalArgument, notFound } from '../../core/protocol/errors.ts';
import type { FileEntry, FileStorage } from './contract.ts';
import { checkedPathOfUri, codeOf, statsOf } from './file-paths.ts';

type Folders = Pick<FileStorage, 'entry' | 'entries' | 'files' | 'makeFolder' | 'move' | 'flush' | 'removeEmptyParents'>;

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, '');

export function createFolders(folder: string): Folders {
  const pathOf = (uri: string): string => checkedPathOfUri(folder, withoutSlash(uri));
  const entryAt = (uri: string, path: string): FileEntry | undefined => {
    const found = statsOf(path);
    return found === undefined ? undefined : entryOf(uri, found);
  };
  const namesIn = async (path: string): Promise<readonly string[]> => {
    try {
      return (await readdir(path)).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
      throw error;
    }
  };
  const entry: Folders['entry'] = (uri) => entryAt(withoutSlash(uri), pathOf(uri));

  async function* filesIn(uri: string, path: string): AsyncGenerator<FileEntry> {
    for (const name of await namesIn(path)) {
      const found = entryAt(`${uri}/${name}`, join(path, name));
      if (found?.type === 'file') yield found;
      if (found?.type === 'folder') yield* filesIn(found.uri, join(path, name));
    }
  }

  return {
    entry,
    entries: async (uri) => {
      const path = pathOf(uri);
      return (await namesIn(path)).flatMap((name) => entryAt(`${withoutSlash(uri)}/${name}`, join(path, name)) ?? []);
    },
    files: (uri) => filesIn(withoutSlash(uri), pathOf(uri)),
    makeFolder: async (uri) => {
      try {
        await mkdir(pathOf(uri), { recursive: true, mode: 0o700 });
      } catch (error) {
        if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR') throw illegalArgument(`"${uri}" can not be a folder: a file has this name, or one on the way to it`);
        throw error;
      }
    },
    move: async (from, to) => {
      const [source, target] = [entry(from), pathOf(to)];
      if (source === undefined) throw notFound(from);
      const there = statsOf(target);
      if (there?.isDirectory() === true || (there !== undefined && source.type === 'folder')) throw illegalArgument(`"${to}" is there already; delete it first, or choose another name`);
      if (source.type === 'folder' && `${withoutSlash(to)}/`.startsWith(`${withoutSlash(from)}/`)) throw illegalArgument(`"${from}" can not be moved into itself`);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rename(pathOf(from), target);
    },
    flush: async (uri) => {
      const path = pathOf(uri);
      for (const one of [path, dirname(path)]) {
        const handle = await open(one, 'r');
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      }
    },
    removeEmptyParents: async (uri, root) => {
      const end = pathOf(root);
      for (let path = dirname(pathOf(uri)); path.startsWith(`${end}/`); path = dirname(path)) if (!(await removedWhenEmpty(path))) return;
    },
  };
}

async function removedWhenEmpty(path: string): Promise<boolean> {
  try {
    const directory = await opendir(path);
    const first = await directory.read();
    await directory.close();
    if (first !== null) return false;
    await rmdir(path);
  } catch (error) {
    // Somebody else removed it, or put something into it in between.
    if (codeOf(error) === 'ENOENT') return true;
    if (codeOf(error) === 'ENOTEMPTY') return false;
    throw error;
  }
  return true;
}

const entryOf = (uri: string, found: Stats): FileEntry | undefined =>
  (found.isFile() || found.isDirectory()
    ? { uri, type: found.isFile() ? 'file' : 'folder', sizeBytes: found.isFile() ? found.size : 0, createdAtMs: Math.round(found.birthtimeMs), modifiedAtMs: Math.round(found.mtimeMs) }
    : undefined);
