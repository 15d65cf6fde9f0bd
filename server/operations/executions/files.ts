/** Files of an execution. An address outside of its own folder is refused, whoever asks. */
import type { executionsFile, executionsFileMetas, executionsFilePreview } from '../../../core/protocol/operations/executions.ts';
import { illegalArgument, notFound } from '../../../core/protocol/errors.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { segmentsOfUri } from '../../store/index.ts';
import { assertReadable } from '../../worker/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution } from '../rooms.ts';

const previewBytesMax = 1024 * 1024;
const imageTypes: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' };

export const file: Handler<typeof executionsFile> = ({ rooms, input, caller }) => {
  const { uri, name } = checked(rooms, needExecution(rooms, caller, input.executionId), input.path);
  return { filename: name, contentType: 'application/octet-stream', body: rooms.files.stream(uri) };
};

export const fileMetas: Handler<typeof executionsFileMetas> = ({ rooms, input, caller }) =>
  ({ size: checked(rooms, needExecution(rooms, caller, input.executionId), input.path).sizeBytes });

export const filePreview: Handler<typeof executionsFilePreview> = async ({ rooms, input, caller }) => {
  const { uri, name, sizeBytes } = checked(rooms, needExecution(rooms, caller, input.executionId), input.path);
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  const bytes = await head(rooms, uri, sizeBytes);
  if (imageTypes[extension] !== undefined) return { extension, type: 'IMAGE', content: Buffer.from(bytes).toString('base64'), truncated: bytes.byteLength < sizeBytes };
  const rows = Math.min(input.maxRows ?? 100, 5000);
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  const shown = lines.slice(0, rows);
  const truncated = lines.length > rows || bytes.byteLength < sizeBytes;
  if (extension === 'ion' || extension === 'ndjson' || extension === 'jsonl') {
    const parsed = shown.map(jsonOrText);
    return { extension, type: 'LIST', content: parsed, truncated };
  }
  return { extension, type: 'TEXT', content: shown.join('\n'), truncated };
};

function checked(rooms: Rooms, execution: ExecutionRow, path: string): { readonly uri: string; readonly name: string; readonly sizeBytes: number } {
  const segments = segmentsOfUri(path);
  try {
    assertReadable(path, execution);
  } catch {
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

async function head(rooms: Rooms, uri: string, sizeBytes: number): Promise<Uint8Array> {
  if (sizeBytes === 0) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for await (const part of rooms.files.stream(uri, { start: 0, end: Math.min(sizeBytes, previewBytesMax) - 1 })) parts.push(part);
  return Buffer.concat(parts);
}

function jsonOrText(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return line;
  }
}
