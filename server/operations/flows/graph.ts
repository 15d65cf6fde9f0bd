import { apiGraphOf } from '../../../core/language/api-graph.ts';
import type { ParsedFlow } from '../../../core/language/model.ts';
import { invalidEntity } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { existingFlow, parsedRevision, revisionOf } from './flow-answer.ts';

function graphOf(parsed: ParsedFlow): unknown {
  if (parsed.flow !== undefined) return apiGraphOf(parsed.flow);
  throw invalidEntity(parsed.diagnostics.filter(({ severity }) => severity === 'error').map(({ path, message }) => ({ path, message })));
}

/** The topology of a revision; of the draft while there is no revision. */
export const flowsGraph: Handler<typeof operations.flowsGraph> = async ({ input, caller, rooms }) => {
  const record = existingFlow(rooms.front, caller.tenant, input.namespace, input.id);
  const revision = revisionOf(rooms.front, record, input.revision);
  return graphOf(revision === undefined ? await rooms.documents.parse((await rooms.documents.draft(record)).source) : await parsedRevision(rooms, record, revision));
};

/** The topology of an unsaved flow. */
export const flowsGraphOfSource: Handler<typeof operations.flowsGraphOfSource> = async ({ input, rooms }) => graphOf(await rooms.documents.parse(input.source));
