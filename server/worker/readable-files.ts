/** The files that an execution may read, by whatever address it names them. */
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { nameProblem } from '../../core/protocol/ids.ts';
import type { FileStorage } from '../store/contract.ts';
import { isLocal, type LocalFiles } from './local-files.ts';
import { assertReadableByTask, namespaceFileUri } from './storage-uri.ts';

export interface ReadableFiles {
  /** `kestra:///…`, `nsfile:///path` (of the flow's namespace), `file:///…`. */
  sizeBytes(uri: string): number | undefined;
  readSync(uri: string): Uint8Array;
  read(uri: string): Promise<Uint8Array>;
  stream(uri: string): AsyncIterable<Uint8Array>;
  /** The address that an expression means: a path without a scheme is a file of a namespace, the flow's own when left out. */
  uriOf(path: string, namespace?: string): string;
}

export interface ReadableFilesOptions {
  readonly storage: FileStorage;
  readonly local: LocalFiles;
  readonly execution: ExecutionRow;
  /** The id of the execution that started another one; undefined when nothing did, or it is not known. */
  readonly startedBy?: (executionId: string) => string | undefined;
}

export function readableFiles({ storage, local, execution, startedBy }: ReadableFilesOptions): ReadableFiles {
  const uriOf = (path: string, namespace?: string): string => {
    if (path.startsWith('nsfile:///')) return ofNamespace(path.slice('nsfile:///'.length), namespace);
    return path.includes('://') ? path : ofNamespace(path, namespace);
  };
  const ofNamespace = (path: string, namespace: string | undefined): string => {
    const owner = namespace ?? execution.namespace;
    const problem = owner === execution.namespace ? undefined : nameProblem({ namespace: owner });
    if (problem !== undefined) throw new Error(problem);
    return namespaceFileUri(owner, path);
  };
  const checked = (uri: string): string => {
    const meant = uriOf(uri);
    assertReadableByTask(meant, execution, startedBy);
    return meant;
  };
  return {
    uriOf,
    sizeBytes: (uri) => (isLocal(uri) ? local.sizeBytes(uri) : storage.sizeBytes(checked(uri))),
    readSync: (uri) => (isLocal(uri) ? local.readSync(uri) : storage.readSync(checked(uri))),
    read: (uri) => (isLocal(uri) ? local.read(uri) : storage.read(checked(uri))),
    stream: (uri) => (isLocal(uri) ? local.stream(uri) : storage.stream(checked(uri))),
  };
}
