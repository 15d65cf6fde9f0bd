/** Every handler of flows, by the name of its definition: a definition without a handler does not compile. */
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Operation } from '../../../core/protocol/operation.ts';
import type { Handler } from '../handler.ts';
import { flowsBulk } from './bulk.ts';
import { flowsCreate } from './create.ts';
import { flowsDeleteMany } from './delete-many.ts';
import { flowsDelete } from './delete.ts';
import { flowsDisableMany, flowsEnableMany } from './disable-many.ts';
import { flowsDiscardDraft } from './discard-draft.ts';
import { flowsDraft } from './draft.ts';
import { flowsExport, flowsExportChosen } from './export.ts';
import { flowsGet } from './get.ts';
import { flowsGraph, flowsGraphOfSource } from './graph.ts';
import { flowsImport } from './import.ts';
import { flowsNamespaces } from './namespaces.ts';
import { flowsOfNamespace } from './of-namespace.ts';
import { flowsPublish } from './publish.ts';
import { flowsReplace } from './replace.ts';
import { flowsRestore } from './restore.ts';
import { flowsRevisions } from './revisions.ts';
import { flowsRows } from './rows.ts';
import { flowsSearchSource } from './search-source.ts';
import { flowsSearch } from './search.ts';
import { flowsTask } from './task.ts';
import { flowsValidate } from './validate.ts';

type Definitions = typeof operations;
type FlowHandlers = { readonly [Name in keyof Definitions as Definitions[Name] extends Operation ? Name : never]: Definitions[Name] extends Operation ? Handler<Definitions[Name]> : never };

export const flowHandlers: FlowHandlers = {
  flowsBulk, flowsCreate, flowsDelete, flowsDeleteMany, flowsDisableMany, flowsDiscardDraft, flowsDraft, flowsEnableMany, flowsExport, flowsExportChosen, flowsGet, flowsGraph,
  flowsGraphOfSource, flowsImport, flowsNamespaces, flowsOfNamespace, flowsPublish, flowsReplace, flowsRestore, flowsRevisions, flowsRows, flowsSearch,
  flowsSearchSource, flowsTask, flowsValidate,
};

export { flowAnswer, existingFlow, latestRevision, parsedRevision, revisionOf } from './flow-answer.ts';
export { flowRow } from './rows.ts';
