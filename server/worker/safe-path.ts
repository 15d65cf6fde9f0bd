/** Relative paths that stay inside a directory, whatever they say and whatever links lie in the way. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

const pathCharsMax = 1024;

/** The path's segments; throws a sentence for one that is absolute, empty, or leads out. */
export function safeSegments(path: string): readonly string[] {
  const refuse = (why: string): never => {
    throw new Error(`The file path "${path.slice(0, 200)}" is refused: ${why}. Expected a relative path inside the task's directory, such as data/result.csv.`);
  };
  if (path.length > pathCharsMax) refuse(`it is longer than ${pathCharsMax} characters`);
  if (/[\0\\]/.test(path)) refuse('it has a backslash or a null character');
  if (path.startsWith('/') || /^[a-zA-Z]:/.test(path)) refuse('it is absolute');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) refuse('it names no file');
  if (segments.includes('..')) refuse('it has ".."');
  return segments;
}

/** The absolute path; throws when a part of it is a symbolic link. Parts that do not exist yet are fine. */
export async function safePath(directory: string, path: string): Promise<string> {
  let current = directory;
  for (const segment of safeSegments(path)) {
    current = join(current, segment);
    const found = await lstat(current).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw cause;
    });
    if (found === undefined) break;
    if (found.isSymbolicLink()) throw new Error(`The file path "${path.slice(0, 200)}" is refused: "${segment}" is a symbolic link, which could lead out of the task's directory.`);
  }
  return join(directory, ...safeSegments(path));
}
