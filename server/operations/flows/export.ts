import { strToU8, zipSync, type Zippable } from 'fflate';
import type { Download } from '../../../core/protocol/operation.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { FlowRecord, Reader } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { chosenFlows } from './chosen-flows.ts';
import { latestRevision } from './flow-answer.ts';
import { filteredFlows } from './flow-list.ts';

/** Entries `NAMESPACE.ID.yml`, content = the published source, byte for byte. Drafts without a revision are left out. */
function zipOf(reader: Reader, records: readonly FlowRecord[]): Download {
  const entries: Zippable = Object.create(null);
  for (const record of records) {
    const revision = latestRevision(reader, record);
    if (revision !== undefined) entries[`${record.namespace}.${record.id}.yml`] = [strToU8(revision.source), { mtime: new Date(revision.publishedAtMs) }];
  }
  return { filename: 'flows.zip', contentType: 'application/octet-stream', body: zipSync(entries, { level: 6 }) };
}

export const flowsExportChosen: Handler<typeof operations.flowsExportChosen> = ({ input, caller, rooms }) => zipOf(rooms.front, chosenFlows(rooms.front, caller, input.body));
export const flowsExport: Handler<typeof operations.flowsExport> = ({ input, caller, rooms }) => zipOf(rooms.front, filteredFlows(rooms, caller, input));
