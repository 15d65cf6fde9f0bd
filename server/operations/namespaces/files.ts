/** Files of a namespace: they lie in the internal storage, where tasks read and write them, too. */
import { illegalArgument, notFound } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/namespaces.ts';
import type { FileEntry } from '../../store/index.ts';
import { namespaceFilePath, namespaceUri, pathOfNamespaceUri } from '../../worker/index.ts';
import type { Handler } from '../handler.ts';

const foundMax = 1000;

/** The checked path; flows are not files, although an export shows them as some. */
export function allowedPath(path: string): string {
  const checked = namespaceFilePath(path);
  if (checked === '_flows' || checked.startsWith('_flows/')) throw illegalArgument(`Forbidden path: /${checked}; flows are changed as flows, only an upload to /_flows/ID.yml imports one`);
  return checked;
}

/** Address of a file or folder, not of the root. */
function neededUri(namespace: string, path: string): string {
  const checked = allowedPath(path);
  if (checked === '') throw illegalArgument(`the path "${path}" names no file; expected one such as /queries/report.sql`);
  return namespaceUri(namespace, checked);
}

export const get: Handler<typeof operations.filesGet> = ({ rooms, input }) => {
  const uri = neededUri(input.namespace, input.path);
  if (rooms.files.sizeBytes(uri) === undefined) throw notFound(`namespace "${input.namespace}" has no file "${input.path}"`);
  return { filename: nameOf(uri), contentType: 'application/octet-stream', body: rooms.files.stream(uri) };
};

export const move: Handler<typeof operations.filesMove> = async ({ rooms, input }) => {
  const [from, to] = [neededUri(input.namespace, input.from), neededUri(input.namespace, input.to)];
  if (rooms.files.entry(from) === undefined) throw notFound(`namespace "${input.namespace}" has no file or folder "${input.from}"`);
  await rooms.files.move(from, to);
  await rooms.files.flush(to);
  return null;
};

export const remove: Handler<typeof operations.filesDelete> = async ({ rooms, input }) => {
  const uri = neededUri(input.namespace, input.path);
  await rooms.files.removeAll(uri);
  await rooms.files.removeEmptyParents(uri, namespaceUri(input.namespace, ''));
  return null;
};

export const stats: Handler<typeof operations.filesStats> = async ({ rooms, input }) => {
  const path = allowedPath(input.path ?? '');
  const uri = namespaceUri(input.namespace, path);
  if (path === '') await rooms.files.makeFolder(uri);
  const entry = rooms.files.entry(uri);
  if (entry === undefined) throw notFound(`namespace "${input.namespace}" has no file or folder "${input.path ?? ''}"`);
  return attributesOf(entry);
};

export const directory: Handler<typeof operations.filesDirectory> = async ({ rooms, input }) => {
  const path = allowedPath(input.path ?? '');
  const uri = namespaceUri(input.namespace, path);
  if (path !== '' && rooms.files.entry(uri)?.type !== 'folder') throw notFound(`namespace "${input.namespace}" has no folder "${input.path ?? ''}"`);
  return (await rooms.files.entries(uri)).map(attributesOf);
};

export const createDirectory: Handler<typeof operations.filesCreateDirectory> = async ({ rooms, input }) => {
  const uri = neededUri(input.namespace, input.path);
  await rooms.files.makeFolder(uri);
  await rooms.files.flush(uri);
  return null;
};

export const search: Handler<typeof operations.filesSearch> = async ({ rooms, input }) => {
  const root = namespaceUri(input.namespace, '');
  const text = input.q.toLowerCase();
  const found: string[] = [];
  for await (const { uri } of rooms.files.files(root)) {
    const path = `/${pathOfNamespaceUri(root, uri)}`;
    if (path.toLowerCase().includes(text)) found.push(path);
    if (found.length >= foundMax) break;
  }
  return found;
};

const nameOf = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));

const attributesOf = (entry: FileEntry) => ({
  fileName: nameOf(entry.uri), lastModifiedTime: entry.modifiedAtMs, creationTime: entry.createdAtMs, type: entry.type === 'file' ? 'File' : 'Directory', size: entry.sizeBytes,
} as const);
