/** Everything that can be done with flows, their drafts and revisions. */
import { Type } from 'typebox';
import type { Diagnostic, Flow, Revision, RevisionAuthor, ValidateConstraintViolation } from '../entities/flow.ts';
import type { FlowRow } from '../entities/flow.ts';
import { operation, type Download, type Page } from '../operation.ts';
import { flowAddressInput, formInput, pageInput } from './parts.ts';

export interface DraftAnswer {
  readonly source: string;
  /** The latest revision, which the draft is compared with; 0 for none. */
  readonly base: number;
  readonly baseSource: string;
  readonly differs: boolean;
  readonly hunks: readonly {
    readonly id: string; readonly version: string; readonly author: RevisionAuthor; readonly baseLine: number; readonly draftLine: number;
    readonly removed: readonly string[]; readonly added: readonly string[]; readonly at: string;
  }[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ranges: Revision['ranges'];
  /** The document's birth id, for `params.birth` of the sync address. */
  readonly birth: string;
}

const read = { resource: 'flow', action: 'read' } as const;
const update = { resource: 'flow', action: 'update' } as const;
const listFilter = {
  q: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  labels: Type.Optional(Type.Array(Type.String())),
  scope: Type.Optional(Type.Array(Type.String())),
};
const ids = Type.Object({ body: Type.Array(Type.Object({ namespace: Type.String(), id: Type.String() })) });

export const flowsSearch = operation<Page<Flow>>()({
  name: 'flows.search', doc: 'A page of the published flows and drafts, without sources.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, ...listFilter }),
  rest: [{ method: 'GET', path: '/flows/search', lists: ['labels', 'sort', 'scope'] }],
});
export const flowsRows = operation<Page<FlowRow>>()({
  name: 'flows.rows', doc: 'A page of rows of the list of flows, with drafts, last executions and who is there.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, ...listFilter }), rest: [],
});
export const flowsSearchSource = operation<Page<{ readonly model: Flow; readonly fragments: readonly string[] }>>()({
  name: 'flows.searchSource', doc: 'Flows whose published source holds a text.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, q: Type.Optional(Type.String()), namespace: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/flows/source', lists: ['sort'] }],
});
export const flowsOfNamespace = operation<readonly Flow[]>()({
  name: 'flows.ofNamespace', doc: 'The flows of exactly one namespace.', permission: read, audited: false,
  input: Type.Object({ namespace: Type.String() }), rest: [{ method: 'GET', path: '/flows/{namespace}' }],
});
export const flowsGet = operation<Flow>()({
  name: 'flows.get', doc: 'One flow, at its latest or a given revision.', permission: read, audited: false,
  input: Type.Object({ ...flowAddressInput.properties, source: Type.Optional(Type.Boolean()), revision: Type.Optional(Type.Integer()), allowDeleted: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'GET', path: '/flows/{namespace}/{id}' }],
});
export const flowsCreate = operation<Flow>()({
  name: 'flows.create', doc: 'Creates a flow from YAML: revision 1, or only a draft.', permission: { resource: 'flow', action: 'create' }, audited: true,
  input: Type.Object({ source: Type.String(), draft: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'POST', path: '/flows', body: 'yaml' }],
});
export const flowsReplace = operation<Flow>()({
  name: 'flows.replace', doc: 'A whole text becomes a revision of exactly these bytes; the draft takes a three-way merge.', permission: update, audited: true,
  input: Type.Object({ ...flowAddressInput.properties, source: Type.String(), expectedRevision: Type.Optional(Type.Integer({ description: 'REST: If-Match or ?revision=' })) }),
  rest: [{ method: 'PUT', path: '/flows/{namespace}/{id}', body: 'yaml', headers: { 'if-match': 'expectedRevision' } }],
});
export const flowsDelete = operation<null>()({
  name: 'flows.delete', doc: 'Deletes a flow; its revisions stay.', permission: { resource: 'flow', action: 'delete' }, audited: true,
  input: flowAddressInput, rest: [{ method: 'DELETE', path: '/flows/{namespace}/{id}', status: 204 }],
});
export const flowsDeleteMany = operation<{ readonly count: number }>()({
  name: 'flows.deleteMany', doc: 'Deletes the named flows.', permission: { resource: 'flow', action: 'delete' }, audited: true,
  input: ids, rest: [{ method: 'DELETE', path: '/flows/delete/by-ids', body: 'json' }],
});
export const flowsDisableMany = operation<{ readonly count: number }>()({
  name: 'flows.disableMany', doc: 'Writes `disabled: true` into the named flows.', permission: update, audited: true,
  input: ids, rest: [{ method: 'POST', path: '/flows/disable/by-ids', body: 'json' }],
});
export const flowsEnableMany = operation<{ readonly count: number }>()({
  name: 'flows.enableMany', doc: 'Writes `disabled: false` into the named flows.', permission: update, audited: true,
  input: ids, rest: [{ method: 'POST', path: '/flows/enable/by-ids', body: 'json' }],
});
export const flowsRevisions = operation<readonly (Flow & { readonly publishedBy: RevisionAuthor; readonly publishedAt: string; readonly authors: readonly RevisionAuthor[]; readonly message?: string; readonly ranges: Revision['ranges'] })[]>()({
  name: 'flows.revisions', doc: 'All revisions, oldest first, with sources and authors.', permission: read, audited: false,
  input: flowAddressInput, rest: [{ method: 'GET', path: '/flows/{namespace}/{id}/revisions' }],
});
export const flowsRestore = operation<Flow>()({
  name: 'flows.restore', doc: 'Makes an old revision the newest by a forward edit of the draft and a publish.', permission: update, audited: true,
  input: Type.Object({ ...flowAddressInput.properties, revision: Type.Integer() }),
  rest: [{ method: 'POST', path: '/flows/{namespace}/{id}/restore' }],
});
export const flowsDraft = operation<DraftAnswer>()({
  name: 'flows.draft', doc: 'The draft as it is committed, its difference from the latest revision by author, and its diagnostics.', permission: read, audited: false,
  input: flowAddressInput, rest: [{ method: 'GET', path: '/flows/{namespace}/{id}/draft' }],
});
export const flowsPublish = operation<Flow>()({
  name: 'flows.publish', doc: 'Publishes the draft as a revision; hunks that are left out stay in the draft.', permission: update, audited: true,
  input: Type.Object({
    ...flowAddressInput.properties,
    without: Type.Optional(Type.Array(Type.String(), { description: 'Ids of hunks to leave out' })),
    seen: Type.Optional(Type.Array(Type.String(), { description: 'Versions of all hunks that are to be published: 409 when the draft has others by now' })),
    expectedRevision: Type.Optional(Type.Integer()),
    message: Type.Optional(Type.String({ maxLength: 2000 })),
  }),
  rest: [{ method: 'POST', path: '/flows/{namespace}/{id}/publish' }],
});
export const flowsDiscardDraft = operation<DraftAnswer>()({
  name: 'flows.discardDraft', doc: 'Takes unpublished changes of the draft back to the latest revision by a forward edit; answers the draft as it is then.', permission: update, audited: true,
  input: Type.Object({
    ...flowAddressInput.properties,
    hunks: Type.Optional(Type.Array(Type.String(), { description: 'Ids of hunks to discard; left out, all of them' })),
    seen: Type.Optional(Type.Array(Type.String(), { description: 'Versions of all hunks that are to go: 409 when the draft has others by now' })),
  }),
  rest: [{ method: 'POST', path: '/flows/{namespace}/{id}/draft/discard' }],
});
export const flowsValidate = operation<readonly ValidateConstraintViolation[]>()({
  name: 'flows.validate', doc: 'Checks YAML documents; never fails.', permission: read, audited: false,
  input: Type.Object({ source: Type.String() }), rest: [{ method: 'POST', path: '/flows/validate', body: 'yaml' }],
});
export const flowsGraph = operation<unknown>()({
  name: 'flows.graph', doc: 'The topology of a flow, as the API\'s FlowGraph.', permission: read, audited: false,
  input: Type.Object({ ...flowAddressInput.properties, revision: Type.Optional(Type.Integer()) }),
  rest: [{ method: 'GET', path: '/flows/{namespace}/{id}/graph' }],
});
export const flowsGraphOfSource = operation<unknown>()({
  name: 'flows.graphOfSource', doc: 'The topology of an unsaved flow.', permission: read, audited: false,
  input: Type.Object({ source: Type.String() }), rest: [{ method: 'POST', path: '/flows/graph', body: 'yaml' }],
});
export const flowsTask = operation<unknown>()({
  name: 'flows.task', doc: 'One task of a flow, at any depth.', permission: read, audited: false,
  input: Type.Object({ ...flowAddressInput.properties, taskId: Type.String(), revision: Type.Optional(Type.Integer()) }),
  rest: [{ method: 'GET', path: '/flows/{namespace}/{id}/tasks/{taskId}' }],
});
export const flowsNamespaces = operation<readonly string[]>()({
  name: 'flows.namespaces', doc: 'Namespaces that have flows, sorted.', permission: read, audited: false,
  input: Type.Object({ q: Type.Optional(Type.String()) }), rest: [{ method: 'GET', path: '/flows/distinct-namespaces' }],
});
export const flowsImport = operation<readonly string[]>()({
  name: 'flows.import', doc: 'Creates or updates flows from a YAML file (documents split by `---`) or a ZIP; answers what failed.', permission: update, audited: true,
  input: Type.Object({ form: formInput, failOnError: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'POST', path: '/flows/import', body: 'form' }],
});
export const flowsExportChosen = operation<Download>()({
  name: 'flows.exportChosen', doc: 'A ZIP of the named flows, entries `NAMESPACE.ID.yml`.', permission: read, audited: false,
  input: ids, rest: [{ method: 'POST', path: '/flows/export/by-ids', body: 'json', answer: 'download' }],
});
export const flowsExport = operation<Download>()({
  name: 'flows.export', doc: 'A ZIP of all flows that match.', permission: read, audited: false,
  input: Type.Object(listFilter), rest: [{ method: 'GET', path: '/flows/export/by-query', lists: ['labels', 'scope'], answer: 'download' }],
});
export const flowsBulk = operation<readonly Flow[]>()({
  name: 'flows.bulk', doc: 'Creates or updates many flows from one body of YAML documents.', permission: update, audited: true,
  input: Type.Object({ source: Type.String(), namespace: Type.Optional(Type.String()), delete: Type.Optional(Type.Boolean()), allowNamespaceChild: Type.Optional(Type.Boolean()) }),
  rest: [{ method: 'POST', path: '/flows/bulk', body: 'yaml' }, { method: 'POST', path: '/flows/{namespace}', body: 'yaml' }],
});
