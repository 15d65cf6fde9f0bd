/**
 * Where a `kestra:///` URI lies on the disk. No segment may be `.` or `..`, hold a NUL or a backslash, or be a symbolic link, so that
 * no URI and no file that a task leaves behind leads out of the folder. A segment that is too long for a file name is stored under its hash.
 */
import { createHash } from 'node:crypto';
import { constants, lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { illegalArgument, notFound } from '../../core/protocol/errors.ts';

const scheme = 'kestra://';
const segmentBytesMax = 200;
const segmentCountMax = 64;
export const readNoFollow = constants.O_RDONLY | constants.O_NOFOLLOW;

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

/** Of no file in particular yet: links on the way are not looked at. */
export const pathOfUri = (folder: string, uri: string): string => join(folder, ...segmentsOfUri(uri).map(fileNameOf));

export function checkedPathOfUri(folder: string, uri: string): string {
  const path = pathOfUri(folder, uri);
  refuseLinks(folder, uri);
  return path;
}

function fileNameOf(segment: string): string {
  if (Buffer.byteLength(segment) <= segmentBytesMax) return segment;
  const dot = segment.lastIndexOf('.');
  const extension = dot > 0 && segment.length - dot <= 12 ? segment.slice(dot) : '';
  return `long-${createHash('sha256').update(segment).digest('hex')}${extension}`;
}

/** No folder on the way may be a link: renames put only regular files here, so a link is tampering. */
export function refuseLinks(folder: string, uri: string): void {
  let path = folder;
  for (const segment of segmentsOfUri(uri)) {
    path = join(path, fileNameOf(segment));
    const found = statsOf(path);
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw illegalArgument(`file URI ${JSON.stringify(uri.slice(0, 300))} leads through a symbolic link`);
  }
}

export async function missingIsNotFound<Value>(uri: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw translated(uri, error);
  }
}

export function translated(uri: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' ? notFound(uri) : error;
}

export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Of the file itself, not of where a link leads; undefined when there is none, also below something that is no folder. */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
