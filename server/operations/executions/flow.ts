/** The flow as an execution runs it: its own revision, or the draft's text that it was started with. */
import { illegalState, notFound } from '../../../core/protocol/errors.ts';
import { apiGraphOf } from '../../../core/language/index.ts';
import type { executionsFlow, executionsGraph } from '../../../core/protocol/operations/executions.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { ParsedFlow } from '../../../core/language/model.ts';
import { loadRevision, loadTaskRuns } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution } from '../rooms.ts';
import { withTaskRuns } from './graph-of-runs.ts';

export const flow: Handler<typeof executionsFlow> = async ({ rooms, input, caller }) => {
  const row = needExecution(rooms, caller, input.executionId);
  const { parsed, source } = await flowOfExecution(rooms, row);
  const facts = { id: row.flowId, namespace: row.namespace, revision: row.flowRevision, deleted: false, tenantId: row.tenant };
  if (parsed.flow === undefined) return { ...facts, disabled: false, tasks: [], source, exception: parsed.diagnostics.map((diagnostic) => diagnostic.message).join('\n') };
  const { data } = parsed.flow;
  return { ...data, tasks: Array.isArray(data['tasks']) ? data['tasks'] : [], ...facts, labels: parsed.flow.labels, disabled: parsed.flow.disabled, source };
};

export async function flowOfExecution(rooms: Rooms, row: ExecutionRow): Promise<{ readonly parsed: ParsedFlow; readonly source: string }> {
  const source = row.draftSource ?? loadRevision(rooms.front, row.tenant, row.namespace, row.flowId, row.flowRevision)?.source;
  if (source === undefined) throw notFound(`revision ${row.flowRevision} of flow ${row.namespace}.${row.flowId}`);
  return { source, parsed: await rooms.documents.parse(source) };
}

export const graph: Handler<typeof executionsGraph> = async ({ rooms, input, caller }) => {
  const row = needExecution(rooms, caller, input.executionId);
  const { parsed } = await flowOfExecution(rooms, row);
  if (parsed.flow === undefined) throw illegalState(`revision ${row.flowRevision} of flow ${row.namespace}.${row.flowId} does not parse any more`);
  return withTaskRuns(apiGraphOf(parsed.flow), row, loadTaskRuns(rooms.engine, row));
};
