/** Addresses of files in the internal storage: which a task run writes, and which it may read. */
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';

const scheme = 'kestra://';

const slug = (text: string): string => text.toLowerCase().replaceAll('_', '-');
const namespacePath = (namespace: string): string => namespace.replaceAll('.', '/');

/** `kestra:///ns/path/flow/executions/ID/` */
export const executionUriPrefix = (namespace: string, flowId: string, executionId: string): string => `${scheme}/${namespacePath(namespace)}/${slug(flowId)}/executions/${executionId}/`;

/** Where a task run's files are stored. */
export const taskRunUriPrefix = (execution: ExecutionRow, taskId: string, taskRunId: string): string =>
  `${executionUriPrefix(execution.namespace, execution.flowId, execution.id)}tasks/${slug(taskId)}/${taskRunId}/`;

/** Where a task keeps files for its next run; each value of an iteration has its own. */
export const taskCacheUri = (execution: ExecutionRow, taskId: string, value: string | undefined): string =>
  `${scheme}/${namespacePath(execution.namespace)}/${slug(execution.flowId)}/${slug(taskId)}/cache/${value === undefined ? 'cache' : encodeURIComponent(value).replaceAll('.', '%2E').slice(0, 150)}.zip`;

/** A file name, or a relative path, as the end of an address. */
export const encodedName = (name: string): string => name.split('/').map((part) => encodeURIComponent(part)).join('/');

export const namespaceFileUri = (namespace: string, path: string): string => `${scheme}/${namespacePath(namespace)}/_files/${encodedName(path.replace(/^\/+/, ''))}`;

/**
 * Throws unless the address is one of the execution's own files, of the execution it is a replay of, or of the one that
 * triggered it: no flow reads the files of strangers by guessing addresses.
 */
export function assertReadable(uri: string, execution: ExecutionRow): void {
  assertStorageUri(uri);
  if (!isOfExecution(uri, execution) && !isBelow(uri, namespaceFileUri(execution.namespace, ''))) throw notReadable(uri);
}

/** The same for a task: also files of any namespace, and of executions that this one has started (a subflow's outputs). */
export function assertReadableByTask(uri: string, execution: ExecutionRow, startedBy?: (executionId: string) => string | undefined): void {
  assertStorageUri(uri);
  if (isOfExecution(uri, execution) || isNamespaceFile(uri)) return;
  let id = executionIdIn(uri);
  for (let depth = 0; id !== undefined && depth < startedDepthMax; depth += 1) {
    id = startedBy?.(id);
    if (id === execution.id) return;
  }
  throw notReadable(uri);
}

/** A file of the execution, of the one it repeats, or of the one that triggered it. */
export function isOfExecution(uri: string, execution: ExecutionRow): boolean {
  const own = [execution.id, execution.parentId, execution.originalId].map((id) => (id === undefined ? undefined : executionUriPrefix(execution.namespace, execution.flowId, id)));
  const trigger = execution.trigger?.variables;
  const parent = trigger !== undefined && typeof trigger['executionId'] === 'string' && typeof trigger['namespace'] === 'string' && typeof trigger['flowId'] === 'string'
    ? executionUriPrefix(trigger['namespace'], trigger['flowId'], trigger['executionId']) : undefined;
  return [...own, parent].some((prefix) => prefix !== undefined && isBelow(uri, prefix));
}

export function assertStorageUri(uri: string): void {
  const decoded = decodedPath(uri);
  if (!uri.startsWith(`${scheme}/`) || decoded === undefined || decoded.split('/').some((part) => part === '..' || part === '.') || /[\0\\]/.test(decoded)) {
    throw new Error(`The address "${uri.slice(0, 300)}" is no file of the internal storage: expected kestra:///… without "..".`);
  }
}

/** Subflows of subflows are asked so far up. */
const startedDepthMax = 20;
const isBelow = (uri: string, prefix: string): boolean => uri.startsWith(prefix) && uri.length > prefix.length;
const executionIdIn = (uri: string): string | undefined => /\/executions\/([A-Za-z0-9]{10,40})\/./.exec(uri)?.[1];
/** The first part `_files` ends the namespace: an execution's folder before it would be something else. */
const isNamespaceFile = (uri: string): boolean => /^kestra:\/\/\/[a-z0-9][a-z0-9/_-]*?\/_files\/./.test(uri) && !/\/executions\/[A-Za-z0-9]{10,40}\/.*\/_files\//.test(uri);
const notReadable = (uri: string): Error => new Error(`Unable to read the file "${uri.slice(0, 300)}": it is not one of this execution, of a namespace, of the execution that triggered it, or of one that it started.`);

/** Decoded until nothing changes, so that `%252e%252e` cannot become `..` further on. */
function decodedPath(uri: string): string | undefined {
  let text = uri.slice(scheme.length);
  for (let pass = 0; pass < 5; pass += 1) {
    let next: string;
    try {
      next = decodeURIComponent(text);
    } catch {
      // A lone percent sign: as decoded as it gets.
      return text;
    }
    if (next === text) return text;
    text = next;
  }
  return undefined;
}
