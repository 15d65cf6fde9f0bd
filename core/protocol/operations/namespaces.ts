/** What belongs to a namespace: its files, KV pairs and the names of its secrets. Setting and reading one pair are in `workspace.ts`. */
import { Type } from 'typebox';
import type { KvEntry } from '../entities/kv.ts';
import { operation, type Download, type Page } from '../operation.ts';
import { filterInput, formInput, pageInput } from './parts.ts';

const file = (action: 'read' | 'create' | 'update' | 'delete') => ({ resource: 'file', action }) as const;
const namespace = Type.String({ description: 'The namespace' });
const path = Type.String({ description: 'Path in the namespace, such as /queries/report.sql' });

export interface FileAttributes {
  readonly fileName: string;
  /** Milliseconds since 1970. */
  readonly lastModifiedTime: number;
  readonly creationTime: number;
  readonly type: 'File' | 'Directory';
  readonly size: number;
}

export const filesGet = operation<Download>()({
  name: 'files.get', doc: 'The bytes of a namespace file.', permission: file('read'), audited: false,
  input: Type.Object({ namespace, path }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/files', answer: 'download' }],
});
export const filesPut = operation<null>()({
  name: 'files.put', doc: 'Writes a namespace file (part `fileContent`); folders are made, a file that is there is replaced. An uploaded `.zip` is unpacked from the root; `/_flows/x.yml` imports a flow.',
  permission: file('create'), audited: true,
  input: Type.Object({ namespace, path, form: formInput }), rest: [{ method: 'POST', path: '/namespaces/{namespace}/files', body: 'form' }],
});
export const filesMove = operation<null>()({
  name: 'files.move', doc: 'Moves or renames a namespace file or folder.', permission: file('update'), audited: true,
  input: Type.Object({ namespace, from: path, to: path }), rest: [{ method: 'PUT', path: '/namespaces/{namespace}/files' }],
});
export const filesDelete = operation<null>()({
  name: 'files.delete', doc: 'Deletes a namespace file, or a folder with all that is in it; folders that become empty go, too.', permission: file('delete'), audited: true,
  input: Type.Object({ namespace, path }), rest: [{ method: 'DELETE', path: '/namespaces/{namespace}/files' }],
});
export const filesStats = operation<FileAttributes>()({
  name: 'files.stats', doc: 'Size and dates of a namespace file or folder.', permission: file('read'), audited: false,
  input: Type.Object({ namespace, path: Type.Optional(path) }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/files/stats' }],
});
export const filesDirectory = operation<readonly FileAttributes[]>()({
  name: 'files.directory', doc: 'What lies in a folder of a namespace, one level.', permission: file('read'), audited: false,
  input: Type.Object({ namespace, path: Type.Optional(path) }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/files/directory' }],
});
export const filesCreateDirectory = operation<null>()({
  name: 'files.createDirectory', doc: 'Makes a folder in a namespace, and those above it.', permission: file('create'), audited: true,
  input: Type.Object({ namespace, path }), rest: [{ method: 'POST', path: '/namespaces/{namespace}/files/directory' }],
});
export const filesSearch = operation<readonly string[]>()({
  name: 'files.search', doc: 'Paths of namespace files that hold a text; the first thousand.', permission: file('read'), audited: false,
  input: Type.Object({ namespace, q: Type.String({ maxLength: 1000 }) }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/files/search' }],
});
export const filesExport = operation<Download>()({
  name: 'files.export', doc: 'A ZIP of all files of a namespace, with its flows as `_flows/ID.yml`.', permission: file('read'), audited: false,
  input: Type.Object({ namespace }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/files/export', answer: 'download' }],
});

const readKv = { resource: 'kv', action: 'read' } as const;
export const kvList = operation<readonly KvEntry[]>()({
  name: 'kv.list', doc: 'KV pairs of a namespace, without their values.', permission: readKv, audited: false,
  input: Type.Object({ namespace }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/kv' }],
});
export const kvInheritance = operation<readonly KvEntry[]>()({
  name: 'kv.inheritance', doc: 'KV pairs of a namespace and of those above it: of each key the nearest one.', permission: readKv, audited: false,
  input: Type.Object({ namespace }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/kv/inheritance' }],
});
export const kvSearch = operation<Page<KvEntry>>()({
  name: 'kv.search', doc: 'KV pairs of all namespaces, without their values.', permission: readKv, audited: false,
  input: Type.Object({ ...pageInput, ...filterInput, q: Type.Optional(Type.String()), namespace: Type.Optional(Type.String({ description: 'This namespace and all below' })) }),
  rest: [{ method: 'GET', path: '/kv', lists: ['sort'] }],
});
export const kvDeleteMany = operation<{ readonly keys: readonly string[] }>()({
  name: 'kv.deleteMany', doc: 'Removes KV pairs; answers the keys that were there.', permission: { resource: 'kv', action: 'delete' }, audited: true,
  input: Type.Object({ namespace, body: Type.Object({ keys: Type.Array(Type.String(), { maxItems: 10_000 }) }) }), rest: [{ method: 'DELETE', path: '/namespaces/{namespace}/kv', body: 'json' }],
});

/** Secrets come from the environment of the server: their names can be listed, their values never leave. */
export interface SecretNames {
  readonly readOnly: true;
  readonly results: readonly { readonly key: string; readonly namespace?: string }[];
  readonly total: number;
}
export const secretsList = operation<SecretNames>()({
  name: 'secrets.list', doc: 'Names of the secrets that flows of a namespace can read.', permission: readKv, audited: false,
  input: Type.Object({ ...pageInput, ...filterInput, namespace, q: Type.Optional(Type.String()) }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/secrets', lists: ['sort'] }],
});
export const secretsSearch = operation<SecretNames>()({
  name: 'secrets.search', doc: 'Names of all secrets.', permission: readKv, audited: false,
  input: Type.Object({ ...pageInput, ...filterInput, q: Type.Optional(Type.String()) }), rest: [{ method: 'GET', path: '/secrets', lists: ['sort'] }],
});
export const secretsInherited = operation<Readonly<Record<string, readonly string[]>>>()({
  name: 'secrets.inherited', doc: 'Names of the secrets that a namespace has from those above it, by namespace.', permission: readKv, audited: false,
  input: Type.Object({ namespace }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/inherited-secrets' }],
});
