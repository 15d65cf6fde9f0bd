/** A namespace as a ZIP: its files, and its flows as `_flows/ID.yml`. It goes out as it is made, whatever its size. */
import { strToU8, Zip, ZipDeflate } from 'fflate';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/namespaces.ts';
import { listFlowRecords } from '../../store/index.ts';
import { namespaceUri, pathOfNamespaceUri } from '../../worker/index.ts';
import { latestRevision } from '../flows/flow-answer.ts';
import type { Handler, Rooms } from '../handler.ts';

/** A ZIP of this kind counts its entries in 16 bits and its bytes in 32. */
const entriesMax = 65_000;
const bytesMax = 4 * 1024 * 1024 * 1024 - 64 * 1024 * 1024;

export const exportFiles: Handler<typeof operations.filesExport> = async ({ rooms, input, caller }) => {
  const root = namespaceUri(input.namespace, '');
  let count = 0;
  let bytes = 0;
  for await (const file of rooms.files.files(root)) {
    count += 1;
    bytes += file.sizeBytes;
  }
  if (count > entriesMax || bytes > bytesMax) throw new ProtocolError({ status: 413, message: `The namespace has ${count} files of ${bytes} bytes; a ZIP takes ${entriesMax} of ${bytesMax} bytes. Fetch them one by one` });
  const seesFlows = rooms.access.refusal(caller, { resource: 'flow', action: 'read' }, input.namespace) === undefined;
  return { filename: `${input.namespace}_files.zip`, contentType: 'application/octet-stream', body: zipped(rooms, { root, namespace: input.namespace, tenant: caller.tenant, seesFlows }) };
};

async function* zipped(rooms: Rooms, { root, namespace, tenant, seesFlows }: { readonly root: string; readonly namespace: string; readonly tenant: string; readonly seesFlows: boolean }): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, bytes) => {
    if (error === null) ready.push(bytes);
    else failure = error;
  });
  const taken = function* (): Generator<Uint8Array> {
    if (failure !== undefined) throw failure;
    const waiting = ready;
    ready = [];
    yield* waiting;
  };
  for await (const file of rooms.files.files(root)) {
    const entry = new ZipDeflate(pathOfNamespaceUri(root, file.uri), { level: 6 });
    entry.mtime = new Date(file.modifiedAtMs);
    zip.add(entry);
    for await (const chunk of rooms.files.stream(file.uri)) {
      entry.push(chunk, false);
      yield* taken();
    }
    entry.push(new Uint8Array(0), true);
    yield* taken();
  }
  for (const record of seesFlows ? listFlowRecords(rooms.front, tenant) : []) {
    const revision = record.namespace === namespace ? latestRevision(rooms.front, record) : undefined;
    if (revision === undefined) continue;
    const entry = new ZipDeflate(`_flows/${record.id}.yml`, { level: 6 });
    entry.mtime = new Date(revision.publishedAtMs);
    zip.add(entry);
    entry.push(strToU8(revision.source), true);
    yield* taken();
  }
  zip.end();
  yield* taken();
}
