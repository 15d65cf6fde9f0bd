/** Flows as the engine runs them: parsed once per revision, the latest revision remembered until the front says that it changed. */
import { indexFlow, type FlowIndex } from '../../core/engine/index.ts';
import { messagesOf, parseFlow, type LanguageLevel, type PluginDefault, type TypeCatalog } from '../../core/language/index.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { loadFlowRecord, loadRevision, type FlowRecord, type Reader } from '../store/index.ts';

export type FoundFlow = { readonly type: 'found'; readonly index: FlowIndex } | { readonly type: 'invalid'; readonly reason: string } | { readonly type: 'missing' };

/** Parsed revisions that are kept; one takes some tens of kilobytes. */
const parsedMax = 2000;

export interface FlowStore {
  record(tenant: string, namespace: string, id: string, afterFrontCommit?: number): FlowRecord | undefined;
  revision(tenant: string, namespace: string, id: string, revision: number): FoundFlow;
  draft(source: string): FoundFlow;
  changed(tenant: string, namespace: string, id: string, frontCommit: number): void;
}

/** The flow that an execution runs: a revision, or the draft that it was started with. */
export const flowOf = (flows: Pick<FlowStore, 'revision' | 'draft'>, header: ExecutionRow): FoundFlow =>
  (header.draftSource === undefined ? flows.revision(header.tenant, header.namespace, header.flowId, header.flowRevision) : flows.draft(header.draftSource));

export function createFlowStore(options: { readonly front: Reader; readonly catalog: TypeCatalog; readonly level: LanguageLevel; readonly globalDefaults: readonly PluginDefault[] }): FlowStore {
  const { front, catalog, level, globalDefaults } = options;
  const records = new Map<string, FlowRecord>();
  const parsed = new Map<string, FoundFlow>();
  let seenCommit = 0;
  const see = (commit: number): void => {
    if (commit <= seenCommit) return;
    seenCommit = commit;
    front.refresh();
    records.clear();
  };
  const parse = (source: string, revision: number): FoundFlow => {
    const { flow, diagnostics } = parseFlow(source, { catalog, level, globalDefaults });
    return flow === undefined ? { type: 'invalid', reason: messagesOf(diagnostics, 'error').join('; ') } : { type: 'found', index: indexFlow(flow, revision) };
  };
  return {
    record(tenant, namespace, id, afterFrontCommit = 0) {
      see(afterFrontCommit);
      const key = `${tenant}/${namespace}/${id}`;
      const known = records.get(key);
      if (known !== undefined) return known;
      front.refresh();
      const record = loadFlowRecord(front, tenant, namespace, id);
      // What is not there is not remembered: names come from addresses, and there are endless many.
      if (record !== undefined) records.set(key, record);
      return record;
    },
    revision(tenant, namespace, id, revision) {
      const key = `${tenant}/${namespace}/${id}/${revision}`;
      const known = parsed.get(key);
      if (known !== undefined) return known;
      let row = loadRevision(front, tenant, namespace, id, revision);
      if (row === undefined) {
        front.refresh();
        row = loadRevision(front, tenant, namespace, id, revision);
      }
      if (row === undefined || row.deletion) return { type: 'missing' };
      const found = parse(row.source, revision);
      if (parsed.size >= parsedMax) {
        const oldest = parsed.keys().next().value;
        if (oldest !== undefined) parsed.delete(oldest);
      }
      parsed.set(key, found);
      return found;
    },
    draft: (source) => parse(source, 0),
    changed(tenant, namespace, id, frontCommit) {
      see(frontCommit);
      front.refresh();
      records.delete(`${tenant}/${namespace}/${id}`);
    },
  };
}
