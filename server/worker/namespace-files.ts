/** The files of a namespace: `kestra:///NAMESPACE/_files/PATH` of the internal storage. */
import { namespacePattern } from '../../core/protocol/ids.ts';
import { illegalArgument } from '../../core/protocol/errors.ts';
import type { NamespaceFiles } from '../../plugins/sdk/index.ts';
import type { FileStorage } from '../store/contract.ts';
import { encodedName, namespaceFileUri } from './storage-uri.ts';

const pathCharsMax = 1024;
/** Longer names could not be listed: the storage keeps them under a hash. */
const encodedNameBytesMax = 200;
const foldersMax = 40;
/** One list holds at most so many paths in memory. */
const listedMax = 100_000;

/** A path without its leading slash, checked: it stays in its namespace, and can be listed under the name it is stored with. Empty: the root. */
export function namespaceFilePath(path: string): string {
  const refuse = (why: string): never => {
    throw illegalArgument(`the path "${path.slice(0, 200)}" ${why}; expected a path such as /queries/report.sql`);
  };
  if (path.length > pathCharsMax) refuse(`is longer than ${pathCharsMax} characters`);
  if (/[\0\\]/.test(path)) refuse('has a backslash or a null character');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) refuse('has ".."');
  if (segments.length > foldersMax) refuse(`has more than ${foldersMax} parts`);
  for (const segment of segments) if (encodedName(segment).length > encodedNameBytesMax) refuse(`has the part "${segment.slice(0, 40)}…", which is too long (at most ${encodedNameBytesMax} bytes, a character outside of A-Z counts 3 to 12)`);
  return segments.join('/');
}

/** Address of a file or folder of a namespace; of the root for an empty path. */
export function namespaceUri(namespace: string, path: string): string {
  // A part that begins with "_" would lie in the files of the namespace above.
  if (!namespacePattern.test(namespace) || namespace.split('.').some((part) => part === '' || part.startsWith('_'))) throw illegalArgument(`the namespace "${namespace.slice(0, 200)}" can have no files: it must hold only lower-case letters, digits, ".", "_" and "-", and no part may be empty or begin with "_"`);
  return namespaceFileUri(namespace, namespaceFilePath(path)).replace(/\/$/, '');
}

/** The path of an address below the root of its namespace. */
export const pathOfNamespaceUri = (root: string, uri: string): string => uri.slice(root.length + 1).split('/').map((part) => decodeURIComponent(part)).join('/');

export function namespaceFilesOf(storage: FileStorage, namespace: string): NamespaceFiles {
  const root = namespaceUri(namespace, '');
  const uriOf = (path: string): string => {
    const uri = namespaceUri(namespace, path);
    if (uri === root) throw illegalArgument('the path names no file');
    return uri;
  };
  return {
    list: async () => {
      const paths: string[] = [];
      for await (const file of storage.files(root)) {
        paths.push(pathOfNamespaceUri(root, file.uri));
        if (paths.length > listedMax) throw new Error(`The namespace "${namespace}" has more than ${listedMax} files: choose fewer of them, or split it.`);
      }
      return paths.sort();
    },
    uri: uriOf,
    sizeBytes: (path) => storage.sizeBytes(uriOf(path)),
    stream: (path) => storage.stream(uriOf(path)),
    put: async (path, content) => void await storage.putStream(uriOf(path), content),
    remove: async (path) => {
      const uri = uriOf(path);
      await storage.remove(uri);
      await storage.removeEmptyParents(uri, root);
    },
  };
}
