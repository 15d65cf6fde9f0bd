/** Rows of flows and revisions (front environment). `server/documents` writes them; every thread may read them. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import type { Revision, RevisionAuthor } from '../../../core/protocol/entities/flow.ts';
import type { Reader } from '../contract.ts';
import { frontKeys } from '../keys.ts';

/** The header of a flow. Its text lives in the revisions and in the draft document named by `birth`. */
export interface FlowRecord {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  /** Names the draft document; a flow deleted and created anew has another one. */
  readonly birth: string;
  /** The latest published revision; 0 while there is only a draft. */
  readonly revision: number;
  readonly deleted: boolean;
  readonly disabled: boolean;
  readonly description?: string;
  readonly labels: readonly Label[];
  readonly triggers: readonly { readonly id: string; readonly type: string }[];
  readonly inputCount: number;
  readonly taskTypes: readonly string[];
  /** The draft differs from the latest revision. */
  readonly draft: boolean;
  readonly updatedAtMs: number;
  readonly authors: readonly RevisionAuthor[];
  /** Why the latest revision does not parse any more, when so. */
  readonly exception?: string;
}

export interface RevisionRecord extends Omit<Revision, 'publishedAt'> {
  readonly publishedAtMs: number;
  /** A revision that marks the deletion of the flow: no text. */
  readonly deletion: boolean;
}

export const loadFlowRecord = (reader: Reader, tenant: string, namespace: string, id: string): FlowRecord | undefined =>
  reader.get<FlowRecord>(frontKeys.flow(tenant, namespace, id));

export const loadRevision = (reader: Reader, tenant: string, namespace: string, id: string, revision: number): RevisionRecord | undefined =>
  reader.get<RevisionRecord>(frontKeys.revision(tenant, namespace, id, revision));

/** All flows of a tenant that are not deleted, by namespace and id. */
export function* listFlowRecords(reader: Reader, tenant: string): Iterable<FlowRecord> {
  for (const { value } of reader.range<FlowRecord>({ prefix: [tenant, 'flow'] })) if (!value.deleted) yield value;
}
