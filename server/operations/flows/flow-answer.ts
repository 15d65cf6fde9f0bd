/** A flow as the API shows it: the parsed source, under the header's facts. Revisions never change, so what was parsed is kept a while. */
import { constraintsText } from '../../../core/language/constraints.ts';
import type { ParsedFlow } from '../../../core/language/model.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { notFound } from '../../../core/protocol/errors.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Documents } from '../../documents/index.ts';
import { loadFlowRecord, loadRevision, type FlowRecord, type Reader, type RevisionRecord } from '../../store/index.ts';

/** What answering needs. */
export interface FlowRooms {
  readonly documents: Pick<Documents, 'parse' | 'draft'>;
  readonly front: Reader;
}

const parsedMax = 1000;
const parsedByDocuments = new WeakMap<object, Map<string, ParsedFlow>>();

/** The parsed revision. Keyed by birth and number: a re-created flow goes on counting, yet is another one. */
export async function parsedRevision(rooms: FlowRooms, record: FlowRecord, revision: RevisionRecord): Promise<ParsedFlow> {
  const kept = parsedByDocuments.get(rooms.documents) ?? new Map<string, ParsedFlow>();
  parsedByDocuments.set(rooms.documents, kept);
  const key = `${record.tenant}/${record.namespace}/${record.id}/${record.birth}/${revision.revision}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const parsed = await rooms.documents.parse(revision.source);
  if (kept.size >= parsedMax) {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }
  kept.set(key, parsed);
  return parsed;
}

export interface AnswerOptions {
  readonly source: boolean;
}

export async function flowAnswer(rooms: FlowRooms, record: FlowRecord, revision: RevisionRecord | undefined, options: AnswerOptions): Promise<Flow> {
  const facts = {
    id: record.id, namespace: record.namespace, deleted: record.deleted, tenantId: record.tenant, labels: record.labels, draft: record.draft,
    ...(record.description === undefined ? {} : { description: record.description }),
  };
  if (revision === undefined) {
    const draft = options.source ? { source: (await rooms.documents.draft(record)).source } : {};
    return { ...facts, revision: 0, disabled: record.disabled, tasks: [], updated: isoText(record.updatedAtMs), ...draft };
  }
  const parsed = await parsedRevision(rooms, record, revision);
  const written = { revision: revision.revision, updated: isoText(revision.publishedAtMs), ...(options.source ? { source: revision.source } : {}) };
  if (parsed.flow === undefined) {
    // Valid when it was published; a plugin or a rule has gone since. What can be read is shown, with the reason.
    const { outline } = parsed;
    return {
      ...outline?.data, tasks: listOf(outline?.data['tasks']), ...facts, disabled: record.disabled, ...written,
      exception: constraintsText(parsed.diagnostics) ?? 'The source cannot be read any more',
    };
  }
  const { flow } = parsed;
  return {
    ...flow.data, tasks: listOf(flow.data['tasks']), ...facts, labels: flow.labels, disabled: flow.disabled, ...written,
  };
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? (value as Readonly<Record<string, unknown>>[]) : []);

export const existingFlow = (reader: Reader, tenant: string, namespace: string, id: string): FlowRecord => {
  const record = loadFlowRecord(reader, tenant, namespace, id);
  if (record === undefined || record.deleted) throw notFound(`flow ${namespace}.${id}`);
  return record;
};

export const latestRevision = (reader: Reader, record: FlowRecord): RevisionRecord | undefined =>
  record.revision === 0 ? undefined : loadRevision(reader, record.tenant, record.namespace, record.id, record.revision);

/** A given revision, or the latest; 404 when there is none. */
export function revisionOf(reader: Reader, record: FlowRecord, revision: number | undefined): RevisionRecord | undefined {
  if (revision === undefined) return latestRevision(reader, record);
  const found = loadRevision(reader, record.tenant, record.namespace, record.id, revision);
  if (found === undefined || found.deletion) throw notFound(`revision ${revision} of flow ${record.namespace}.${record.id}`);
  return found;
}
