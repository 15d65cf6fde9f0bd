/** Uploads to a namespace: a file, a ZIP that is unpacked, or a flow. */
import { open as openFile, rm, type FileHandle } from 'node:fs/promises';
import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';
import { applyEdits, setTopLevel } from '../../../core/language/index.ts';
import { illegalArgument, ProtocolError } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/namespaces.ts';
import type { Caller } from '../../access/contract.ts';
import { namespaceFilePath, namespaceUri } from '../../worker/index.ts';
import { importFlow } from '../flows/import.ts';
import type { Handler, Rooms } from '../handler.ts';
import { allowedPath } from './files.ts';

/** What the entries of one ZIP may have together, and how many they may be: above it somebody has sent a bomb. */
const unpackedBytesMax = 1024 * 1024 * 1024;
const entriesMax = 20_000;
const flowPath = /^_flows\/[^/]+\.ya?ml$/i;

export const put: Handler<typeof operations.filesPut> = async ({ rooms, input, caller }) => {
  const file = input.form.files.find((entry) => entry.field === 'fileContent') ?? input.form.files[0];
  if (file === undefined) throw illegalArgument('the form has no file "fileContent"');
  const path = namespaceFilePath(input.path);
  if (flowPath.test(path)) {
    await putFlow(rooms, caller, input.namespace, path, new TextDecoder().decode(await rooms.readUpload(file.blob)));
    return null;
  }
  if (file.filename.toLowerCase().endsWith('.zip')) {
    await unpack(rooms, caller, input.namespace, file);
    return null;
  }
  if (allowedPath(path) === '') throw illegalArgument(`the path "${input.path}" names no file; expected one such as /queries/report.sql`);
  const uri = namespaceUri(input.namespace, path);
  if (rooms.files.entry(uri)?.type === 'folder') throw illegalArgument(`"/${path}" is a folder`);
  await rooms.files.take(uri, file.blob);
  await rooms.files.flush(uri);
  return null;
};

/** The flow becomes one of this namespace, whatever its text says. */
async function putFlow(rooms: Rooms, caller: Caller, namespace: string, path: string, source: string): Promise<void> {
  for (const action of ['create', 'update'] as const) {
    const reason = rooms.access.refusal(caller, { resource: 'flow', action }, namespace);
    if (reason !== undefined) throw new ProtocolError({ status: 403, message: reason });
  }
  const edited = setTopLevel(source, 'namespace', namespace);
  if ('refusal' in edited) throw illegalArgument(`/${path}: ${edited.refusal}`);
  await importFlow(rooms, caller, applyEdits(source, edited.edits));
}

/** Entry by entry as the ZIP is read, into files of their own; only a ZIP that is whole and allowed changes the namespace. */
async function unpack(rooms: Rooms, caller: Caller, namespace: string, file: { readonly filename: string; readonly blob: string }): Promise<void> {
  const unpacked = await unpackedEntries(rooms, file);
  try {
    for (const { path } of unpacked) if (!flowPath.test(path)) allowedPath(path);
    for (const { path, place } of unpacked) {
      if (flowPath.test(path)) await putFlow(rooms, caller, namespace, path, new TextDecoder().decode(await rooms.readUpload(place)));
      else {
        await rooms.files.take(namespaceUri(namespace, path), place);
        await rooms.files.flush(namespaceUri(namespace, path));
      }
    }
  } finally {
    for (const { place } of unpacked) await rm(place, { force: true });
  }
}

interface Unpacked {
  /** Path in the namespace. */
  readonly path: string;
  /** Where its bytes wait. */
  readonly place: string;
}

async function unpackedEntries(rooms: Rooms, file: { readonly filename: string; readonly blob: string }): Promise<readonly Unpacked[]> {
  const broken = (why: string, cause?: unknown): ProtocolError => new ProtocolError({ status: 422, message: `Illegal argument: "${file.filename}" is no ZIP file that can be read: ${why}` }, { cause });
  const unpacked: Unpacked[] = [];
  const open = new Map<UnzipFile, FileHandle>();
  let pieces: { readonly entry: UnzipFile; readonly bytes: Uint8Array; readonly isLast: boolean }[] = [];
  let entries = 0;
  let unpackedBytes = 0;
  let failure: Error | undefined;
  const unzip = new Unzip((entry) => {
    entries += 1;
    if (entries > entriesMax) failure ??= new ProtocolError({ status: 413, message: `"${file.filename}" has more than ${entriesMax} entries` });
    if (entry.name.endsWith('/') || failure !== undefined) return;
    entry.ondata = (error, bytes, isLast) => {
      if (error !== null) {
        failure ??= broken(error.message, error);
        return;
      }
      unpackedBytes += bytes.byteLength;
      if (unpackedBytes > unpackedBytesMax) failure ??= new ProtocolError({ status: 413, message: `The files of "${file.filename}" have more than ${unpackedBytesMax} bytes` });
      if (failure === undefined) pieces.push({ entry, bytes, isLast });
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  const write = async (): Promise<void> => {
    const waiting = pieces;
    pieces = [];
    for (const { entry, bytes, isLast } of waiting) {
      let handle = open.get(entry);
      if (handle === undefined) {
        const place = rooms.files.uploadPath();
        unpacked.push({ path: namespaceFilePath(entry.name), place });
        handle = await openFile(place, 'wx', 0o600);
        open.set(entry, handle);
      }
      await handle.appendFile(bytes);
      if (!isLast) continue;
      open.delete(entry);
      await handle.close();
    }
    if (failure !== undefined) throw failure;
  };
  const push = async (bytes: Uint8Array, isLast: boolean): Promise<void> => {
    try {
      unzip.push(bytes, isLast);
    } catch (error) {
      throw broken(error instanceof Error ? error.message : String(error), error);
    }
    await write();
  };
  try {
    // A chunk unpacks to a thousand times its size at most: small ones keep the memory small.
    for await (const chunk of rooms.uploadStream(file.blob)) for (let at = 0; at < chunk.byteLength; at += chunkBytes) await push(chunk.subarray(at, at + chunkBytes), false);
    await push(new Uint8Array(0), true);
    if (open.size > 0 || entries === 0) throw broken(entries === 0 ? 'it has no entries' : 'it is cut off');
    return unpacked;
  } catch (error) {
    for (const handle of open.values()) await handle.close();
    for (const { place } of unpacked) await rm(place, { force: true });
    throw error;
  }
}

const chunkBytes = 16 * 1024;
