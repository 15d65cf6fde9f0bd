import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { forbidden, invalidEntity, type FieldProblem } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { splitDocuments } from '../../../core/language/document-split.ts';
import { flowAnswer, latestRevision } from './flow-answer.ts';
import { filteredFlows } from './flow-list.ts';
import { importFlow } from './import.ts';

/**
 * Makes the flows of a scope (a namespace, or all) exactly those of the body; what is missing there is deleted unless `delete` is
 * false, as in Kestra's API. Everything is checked before anything is written.
 */
export const flowsBulk: Handler<typeof operations.flowsBulk> = async ({ input, caller, rooms }) => {
  const documents = splitDocuments(input.source);
  const inScope = (namespace: string): boolean => input.namespace === undefined || namespace === input.namespace || (input.allowNamespaceChild === true && namespace.startsWith(`${input.namespace}.`));
  const problems: FieldProblem[] = [];
  const sent = new Set<string>();
  for (const [index, { source }] of documents.entries()) {
    const { flow, diagnostics } = await rooms.documents.parse(source);
    if (flow === undefined) {
      for (const { severity, path, message } of diagnostics) if (severity === 'error') problems.push({ path: `[${index}]${path === '' ? '' : `.${path}`}`, message });
      continue;
    }
    const key = `${flow.namespace}/${flow.id}`;
    if (sent.has(key)) problems.push({ path: `[${index}].id`, message: `Duplicate flow id: ${flow.namespace}.${flow.id}` });
    if (!inScope(flow.namespace)) problems.push({ path: `[${index}].namespace`, message: `Flow namespace is invalid: "${flow.namespace}" instead of "${input.namespace}"` });
    sent.add(key);
  }
  if (problems.length > 0) throw invalidEntity(problems);

  const missing = input.delete === false ? [] : filteredFlows(rooms, caller, {}).filter((record) => record.revision > 0 && inScope(record.namespace) && !sent.has(`${record.namespace}/${record.id}`));
  for (const record of missing) {
    const reason = rooms.access.refusal(caller, { resource: 'flow', action: 'delete' }, record.namespace);
    if (reason !== undefined) throw forbidden(reason);
  }
  const answers: Flow[] = [];
  for (const record of missing) {
    const answer = await flowAnswer(rooms, record, latestRevision(rooms.front, record), { source: true });
    await rooms.documents.remove(caller, record);
    answers.push({ ...answer, deleted: true });
  }
  for (const { source } of documents) {
    const { record, revision } = await importFlow(rooms, caller, source);
    answers.push(await flowAnswer(rooms, record, revision, { source: true }));
  }
  return answers;
};
