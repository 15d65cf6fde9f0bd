import { strFromU8, unzipSync } from 'fflate';
import { illegalArgument, ProtocolError } from '../../../core/protocol/errors.ts';
import { limits } from '../../../core/protocol/limits.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Caller } from '../../access/contract.ts';
import type { Documents } from '../../documents/index.ts';
import { loadFlowRecord, type FlowRecord, type Reader, type RevisionRecord } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { splitDocuments } from '../../../core/language/document-split.ts';

/** What all entries of one ZIP may have together: above it somebody has sent a bomb. */
const unpackedBytesMax = 256 * 1024 * 1024;

interface Entry {
  /** The entry of the ZIP, or the document's place in the file. */
  readonly name: string;
  readonly source: string;
}

/** Creates or updates; answers the names of those that failed. */
export const flowsImport: Handler<typeof operations.flowsImport> = async ({ input, caller, rooms }) => {
  const file = input.form.files.find((entry) => entry.field === 'fileUpload') ?? input.form.files[0];
  if (file === undefined) throw illegalArgument('the form has no file "fileUpload"');
  if (file.sizeBytes > limits.bodyBytesMax * 10) throw new ProtocolError({ status: 413, message: `An import may have ${limits.bodyBytesMax * 10} bytes; this one has ${file.sizeBytes}` });
  const failed: string[] = [];
  for (const entry of entriesOf(file.filename, await rooms.readUpload(file.blob))) {
    try {
      await importFlow(rooms, caller, entry.source);
    } catch (error) {
      // A flow that is refused is told by its name; anything else is a failure of the server.
      if (!(error instanceof ProtocolError)) throw error;
      if (input.failOnError === true) throw new ProtocolError({ ...error.problem, message: `${entry.name}: ${error.problem.message}` }, { cause: error });
      failed.push(entry.name);
    }
  }
  return failed;
};

function entriesOf(filename: string, bytes: Uint8Array): Entry[] {
  const lower = filename.toLowerCase();
  if (lower.endsWith('.yaml') || lower.endsWith('.yml')) return splitDocuments(strFromU8(bytes)).map(({ source }, index) => ({ name: String(index), source }));
  if (!lower.endsWith('.zip')) throw illegalArgument(`Cannot import "${filename}": expected a file that ends in .yaml, .yml or .zip`);
  let unpackedBytes = 0;
  let unpacked: Record<string, Uint8Array>;
  try {
    unpacked = unzipSync(bytes, {
      filter: (entry) => {
        if (!/\.ya?ml$/i.test(entry.name)) return false;
        unpackedBytes += entry.originalSize;
        if (unpackedBytes > unpackedBytesMax) throw new ProtocolError({ status: 413, message: `The flows of "${filename}" have more than ${unpackedBytesMax} bytes` });
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError({ status: 422, message: `Illegal argument: "${filename}" is no ZIP file that can be read` }, { cause: error });
  }
  return Object.entries(unpacked).map(([name, content]) => ({ name, source: strFromU8(content) }));
}

/** The flow that a source names becomes exactly this: created, or replaced. */
export async function importFlow(rooms: { readonly documents: Documents; readonly front: Reader }, caller: Caller, source: string): Promise<{ readonly record: FlowRecord; readonly revision?: RevisionRecord }> {
  const { id, namespace } = await rooms.documents.parse(source);
  const known = id === undefined || namespace === undefined ? undefined : loadFlowRecord(rooms.front, caller.tenant, namespace, id);
  if (known === undefined || known.deleted) return rooms.documents.create(caller, source, { draft: false });
  return rooms.documents.replace(caller, known, source, {});
}
