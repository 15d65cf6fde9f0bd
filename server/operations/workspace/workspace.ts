/** Namespaces, expressions, figures, the jump box, the tutorial, the configuration. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { currentState } from '../../../core/protocol/entities/execution.ts';
import type { configsGet, expressionsRender, jumpSearch, namespacesSearch, tutorialCreate } from '../../../core/protocol/operations/workspace.ts';
import { illegalArgument, notFound } from '../../../core/protocol/errors.ts';
import type { Caller } from '../../access/contract.ts';
import { listExecutions, listFlowRecords, loadFlowRecord, loadRevision } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution, pageOf, parseSort, sortRows, replied } from '../rooms.ts';

const jumpRowsMax = 8;
const systemNamespace = 'system';

export const namespaces: Handler<typeof namespacesSearch> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, ['id']);
  const ids = new Set<string>();
  for (const record of listFlowRecords(rooms.front, caller.tenant)) {
    const parts = record.namespace.split('.');
    for (let length = 1; length <= parts.length; length += 1) ids.add(parts.slice(0, length).join('.'));
  }
  // Nobody creates namespaces yet: all are derived from flows, and the system's own.
  if (input.existing !== true) ids.add(systemNamespace);
  const text = input.q?.trim().toLowerCase() ?? '';
  const rows = [...ids].filter((id) => text === '' || id.toLowerCase().includes(text)).sort().map((id) => ({ id, deleted: false as const, disabled: id !== systemNamespace }));
  return pageOf(sortRows(rows, sort, (row) => row.id), input);
};

export const render: Handler<typeof expressionsRender> = async ({ rooms, input, caller }) => {
  const { template, variables, expressions, executionId } = input.body;
  if (template !== undefined) return { result: replied(await rooms.executor.render(template, variables ?? {})) };
  if (expressions === undefined) throw illegalArgument('the body has neither template nor expressions');
  if (executionId !== undefined) needExecution(rooms, caller, executionId, 'update');
  const context = executionId === undefined ? await flowContext(rooms, caller, input.body) : {};
  const rendered: Record<string, string> = {};
  for (const expression of expressions) {
    if (executionId === undefined) {
      rendered[expression] = replied(await rooms.executor.render(expression, { ...context, ...variables }));
      continue;
    }
    const answer = replied(await rooms.executor.evaluate(caller.tenant, executionId, undefined, expression));
    if ('error' in answer) throw illegalArgument(`the expression ${JSON.stringify(expression.slice(0, 200))} can not be rendered: ${answer.error}`);
    rendered[expression] = answer.result;
  }
  return { rendered };
};

/** What an expression sees of a flow that does not run: itself, its variables and labels. */
async function flowContext(rooms: Rooms, caller: Caller, asked: { readonly namespace?: string | undefined; readonly flowId?: string | undefined; readonly flow?: string | undefined }): Promise<Readonly<Record<string, unknown>>> {
  const { namespace, flowId } = asked;
  let source = asked.flow;
  if (source === undefined && namespace !== undefined && flowId !== undefined) {
    const record = loadFlowRecord(rooms.front, caller.tenant, namespace, flowId);
    source = record === undefined || record.deleted || rooms.access.refusal(caller, { resource: 'flow', action: 'read' }, namespace) !== undefined ? undefined : loadRevision(rooms.front, caller.tenant, namespace, flowId, record.revision)?.source;
    if (source === undefined) throw notFound(`there is no flow "${flowId}" in namespace "${namespace}"`);
  }
  if (source === undefined) return namespace === undefined ? {} : { flow: { namespace } };
  const { flow } = await rooms.documents.parse(source);
  if (flow === undefined) throw illegalArgument('the flow is not valid; flows.validate says where');
  return {
    flow: { id: flow.id, namespace: flow.namespace, ...(flowId === undefined ? {} : { id: flowId }) }, vars: flow.data['variables'] ?? {},
    labels: Object.fromEntries(flow.labels.map(({ key, value }) => [key, value])),
  };
}

export const jump: Handler<typeof jumpSearch> = ({ rooms, input, caller }) => {
  const text = input.q.trim().toLowerCase();
  const found: { readonly namespace: string; readonly id: string; readonly rank: number }[] = [];
  for (const { namespace, id } of listFlowRecords(rooms.front, caller.tenant)) {
    const name = `${namespace}.${id}`.toLowerCase();
    const rank = id.toLowerCase().startsWith(text) ? 0 : id.toLowerCase().includes(text) ? 1 : name.includes(text) ? 2 : 3;
    if (rank < 3) found.push({ namespace, id, rank });
  }
  const flows = found.sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id)).slice(0, jumpRowsMax).map(({ namespace, id }) => ({ namespace, id }));
  const list = listExecutions(rooms.engine, caller.tenant, text === '' ? {} : { text: input.q.trim() }, { page: 1, size: jumpRowsMax });
  return { flows, executions: list.rows.map((row) => ({ id: row.id, namespace: row.namespace, flowId: row.flowId, state: currentState(row.histories) })) };
};

export const tutorial: Handler<typeof tutorialCreate> = async ({ rooms, caller }) => {
  const names = (await readdir(rooms.blueprintsPath)).filter((name) => /^tutorial-.*\.yaml$/.test(name)).sort();
  const flows: { readonly namespace: string; readonly id: string }[] = [];
  for (const name of names) {
    const source = await readFile(join(rooms.blueprintsPath, name), 'utf8');
    const { id, namespace } = await rooms.documents.parse(source);
    if (id === undefined || namespace === undefined) throw new Error(`the blueprint ${name} has no id or namespace`);
    const known = loadFlowRecord(rooms.front, caller.tenant, namespace, id);
    if (known === undefined || known.deleted) await rooms.documents.create(caller, source, { draft: false });
    flows.push({ namespace, id });
  }
  return flows;
};

export const configs: Handler<typeof configsGet> = ({ rooms }) => ({
  uuid: rooms.config.instanceId, version: rooms.config.version, edition: 'OSS', url: rooms.config.publicUrl, systemNamespace,
  isCustomDashboardsEnabled: false, isTaskRunEnabled: false, isAnonymousUsageEnabled: false, isTemplateEnabled: false, isAiEnabled: false,
  isBasicAuthEnabled: !rooms.access.isOpen(), isBasicAuthInitialized: rooms.access.hasAdministrator(), preview: { initial: 100, max: 5000 },
  hiddenLabelsPrefixes: ['system.'], languageLevel: rooms.config.languageLevel,
});
