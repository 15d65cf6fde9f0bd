/** Files of an execution. An address outside of its own folder is refused, whoever asks. */
import type { executionsFile, executionsFileMetas, executionsFilePreview } from '../../../core/protocol/operations/executions.ts';
import { illegalArgument, notFound } from '../../../core/protocol/errors.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { Caller } from '../../access/contract.ts';
import { loadExecution, segmentsOfUri } from '../../store/index.ts';
import { assertReadable } from '../../worker/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution } from '../rooms.ts';
import { previewOf } from './preview.ts';

const previewRowsDefault = 100;
const previewRowsMax = 5000;

export const file: Handler<typeof executionsFile> = ({ rooms, input, caller }) => {
  const execution = needExecution(rooms, caller, input.executionId);
  const other = ownerElsewhere(rooms, caller, execution, input.path);
  if (other !== undefined) return { redirect: `/api/v1/${caller.tenant}/executions/${other}/file?path=${encodeURIComponent(input.path)}` };
  const { uri, name } = checked(rooms, execution, input.path);
  return { filename: name, contentType: 'application/octet-stream', body: rooms.files.stream(uri) };
};

export const fileMetas: Handler<typeof executionsFileMetas> = ({ rooms, input, caller }) =>
  ({ size: checked(rooms, needExecution(rooms, caller, input.executionId), input.path).sizeBytes });

export const filePreview: Handler<typeof executionsFilePreview> = ({ rooms, input, caller }) => {
  const { uri, name, sizeBytes } = checked(rooms, needExecution(rooms, caller, input.executionId), input.path);
  return previewOf(
    { name, sizeBytes, head: (bytes) => rooms.files.stream(uri, { start: 0, end: bytes - 1 }) },
    { maxRows: Math.min(input.maxRows ?? previewRowsDefault, previewRowsMax), encoding: input.encoding ?? 'UTF-8' },
  );
};

/** The execution that a file belongs to, when it is not this one's to read and the caller may see that one. */
function ownerElsewhere(rooms: Rooms, caller: Caller, execution: ExecutionRow, path: string): string | undefined {
  const id = /\/executions\/([0-9A-Za-z]{22})\//.exec(path)?.[1];
  if (id === undefined || id === execution.id || mayBeRead(path, execution)) return undefined;
  const owner = loadExecution(rooms.engine, caller.tenant, id);
  if (owner === undefined || rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, owner.namespace) !== undefined) return undefined;
  return mayBeRead(path, owner) ? owner.id : undefined;
}

function mayBeRead(path: string, execution: ExecutionRow): boolean {
  try {
    assertReadable(path, execution);
    return true;
  } catch {
    return false;
  }
}

function checked(rooms: Rooms, execution: ExecutionRow, path: string): { readonly uri: string; readonly name: string; readonly sizeBytes: number } {
  const segments = segmentsOfUri(path);
  if (!mayBeRead(path, execution)) {
    throw illegalArgument(`Invalid prefix path: the file ${JSON.stringify(path.slice(0, 300))} is not one of execution ${execution.id}`);
  }
  const sizeBytes = rooms.files.sizeBytes(path);
  if (sizeBytes === undefined) throw notFound(`there is no file ${JSON.stringify(path.slice(0, 300))}`);
  return { uri: path, name: decoded(segments[segments.length - 1] ?? 'file'), sizeBytes };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
